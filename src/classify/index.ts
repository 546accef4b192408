// The public list of `sgd-dynamics/classify`, nothing else.

export { SgdDynamicsError } from "../errors.js";
export { type Dataset, type DatasetInput, dataset } from "./dataset.js";
