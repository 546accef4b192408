/** What the numbers of a classifier's streams are for; no two uses share numbers, nor one with a simulation's (0 to 5). Frozen: part of every result. */
export const purposes = { weights: 6, order: 7, changes: 8, tasks: 9 } as const;
