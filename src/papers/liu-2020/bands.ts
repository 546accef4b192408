/** What the experiments should give: bands of a reference program in NumPy, ten or five seeds of other random numbers. */
import type { Bands } from "../seeds.js";

/** By experiment, by number. */
export const bands: Readonly<Record<string, Bands>> = {
  B1: {
    rand_vanilla_test: [0.998, 1, 0.995, 1],
    rand_vanilla_dis: [0.028, 0.088, 0, 0.133],
    rand_vanilla_bnd: [0.957, 1.262, 0.734, 1.484],
    adv_vanilla_test: [0.913, 1, 0.846, 1],
    adv_vanilla_dis: [0.026, 0.686, 0, 1],
    adv_vanilla_bnd: [1.044, 5.024, 0, 7.576],
    adv_all_test: [0.998, 1, 0.995, 1],
    adv_all_dis: [0.029, 0.089, 0, 0.134],
    adv_all_bnd: [0.9, 1.2, 0.675, 1.425],
    adv_l2_test: [0.998, 1, 0.995, 1],
  },
  B2: {
    rand_vanilla: [0.949, 0.969, 0.934, 0.984],
    adv_vanilla: [0.793, 0.899, 0.741, 0.952],
    gap_vanilla: [0.06, 0.167, 0.007, 0.219],
    adv_l2: [0.966, 0.986, 0.951, 1],
    adv_momentum: [0.933, 0.963, 0.91, 0.985],
    rand_all: [0.953, 0.988, 0.933, 1],
    adv_all: [0.957, 0.988, 0.942, 1],
    gap_all: [-0.018, 0.014, -0.04, 0.035],
    norm: [59.706, 65.706, 55.206, 70.206],
  },
  B3: {
    rand_vanilla: [0.892, 0.971, 0.853, 1],
    adv_vanilla: [0.691, 0.751, 0.658, 0.783],
    gap_vanilla: [0.165, 0.256, 0.12, 0.301],
    rand_l2: [0.886, 0.98, 0.84, 1],
    adv_l2: [0.883, 0.981, 0.835, 1],
    gap_l2: [-0.013, 0.014, -0.026, 0.027],
  },
};
