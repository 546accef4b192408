/**
 * The arena: one block of linear memory a run. TypeScript asks for a block, carves it up (16-byte aligned offsets), lays
 * typed views on it, calls kernels with plain addresses, and gives the block back. Kernels never allocate.
 */

/** Reserves a zeroed block outside the collected heap; 16-byte aligned. Traps when memory is exhausted. */
export function arenaAllocate(bytes: usize): usize {
  const block = heap.alloc(bytes);
  memory.fill(block, 0, bytes);
  return block;
}

/** Returns a block of `arenaAllocate`. */
export function arenaFree(block: usize): void {
  heap.free(block);
}
