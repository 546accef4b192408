/** `sgd-dynamics/papers`: the papers whose systems these are, as experiments to run, figures to draw and claims to check. */
import { arnaboldi2023 } from "./arnaboldi-2023.js";
import { digits } from "./digits.js";
import { goldt2019 } from "./goldt-2019.js";
import { dataNeed, loadedTask } from "./known-sets.js";
import { liu2020 } from "./liu-2020.js";
import { meanField2018 } from "./mean-field-2018.js";
import { nakkiran2019 } from "./nakkiran-2019.js";
import type { Paper } from "./paper.js";
import { saadSolla1995 } from "./saad-solla-1995.js";
import { veiga2022 } from "./veiga-2022.js";

/** All papers, in the order of their systems. */
export const papers: readonly Paper[] = [
  saadSolla1995,
  goldt2019,
  veiga2022,
  meanField2018,
  arnaboldi2023,
  nakkiran2019,
  liu2020,
];

export type { Finding } from "./finding.js";
export type {
  Claim,
  DataNeed,
  KnownSet,
  Paper,
  PaperClassification,
  PaperControl,
  PaperExperiment,
  PaperFigure,
} from "./paper.js";
export {
  arnaboldi2023,
  dataNeed,
  digits,
  goldt2019,
  liu2020,
  loadedTask,
  meanField2018,
  nakkiran2019,
  saadSolla1995,
  veiga2022,
};
