/** `sgd-dynamics/formats`: trajectories as CSV, NumPy arrays and JSON. */

export { arrays } from "./arrays.js";
export { type CSVOptions, parseCSV, toCSV } from "./csv.js";
export { toJSON } from "./json.js";
export { fromNPY, type NpyArray, type NumberArray, toNPY } from "./npy.js";
export { fromNPZ, type NPZOptions, type NpzEntry, toNPZ } from "./npz.js";
export {
  type Column,
  type LabelColumn,
  type NumberColumn,
  type Run,
  type StateLike,
  type TableOptions,
  type TrajectoryLike,
  table,
  tables,
} from "./table.js";
