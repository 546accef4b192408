/**
 * Goldt, Advani, Saxe, Krzakala & Zdeborova, "Dynamics of stochastic gradient descent for two-layer neural networks in the teacher-student setup" (2019): final errors of
 * over-parametrised students grow with their width where the first layer alone is trained, and fall where both are.
 */
import { claims } from "./goldt-2019/claims.js";
import { bothLayers, denoisingStart, finiteSet, firstLayer, reluFirstLayer } from "./goldt-2019/experiments.js";
import { figures } from "./goldt-2019/figures.js";
import type { Paper } from "./paper.js";

export const goldt2019: Paper = {
  name: "goldt-2019",
  title: "Goldt et al. 2019",
  reference:
    "S. Goldt, M. S. Advani, A. M. Saxe, F. Krzakala and L. Zdeborová, Dynamics of stochastic gradient descent for two-layer neural networks in the teacher-student setup, NeurIPS 2019",
  summary:
    "Students wider than their teacher: with label noise the final error grows with the width where the first layer alone is trained, and stays or falls where both are.",
  experiments: [firstLayer, bothLayers, reluFirstLayer, denoisingStart, finiteSet],
  figures,
  claims,
};
