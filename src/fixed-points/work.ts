/** Algorithms written as generators, which yield where they may be interrupted, run in chunks of a few milliseconds. */
import { type Progress, paced, type RunControl } from "../pace.js";

/** Runs work to its end, or until the caller aborts it: then there is no value. */
export async function worked<T>(
  work: Generator<void, T>,
  control: RunControl,
  progress: () => Progress = () => ({ fraction: 0, time: 0 }),
): Promise<{ aborted: boolean; value: T | undefined }> {
  let value: T | undefined;
  try {
    const { aborted } = await paced(
      (size) => {
        for (let done = 1; ; done++) {
          const piece = work.next();
          if (piece.done) {
            value = piece.value;
            return { done, more: false };
          }
          if (done === size) return { done, more: true };
        }
      },
      control,
      progress,
      1,
    );
    return { aborted, value };
  } finally {
    // where it was aborted, what it holds is given back
    work.return(undefined as T);
  }
}
