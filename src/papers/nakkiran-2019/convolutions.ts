/**
 * Figure 5: a deep convolutional network held against shallower ones, the first five classes against the last five. CNN_k has k layers with weights, the last of them
 * dense. Widths and depths are ours: the paper's are for colour images of 32 x 32 pixels and a ResNet of 18 layers.
 */
import type { ClassificationNetwork, ClassificationTraining, LayerInput } from "../../classify/index.js";
import type { PaperClassification } from "../paper.js";

const pool = { kind: "max-pool" } as const;
const conv = (channels: number, stride = 1) => ({ kind: "convolution", channels, stride }) as const;

const image = (...layers: LayerInput[]): ClassificationNetwork => ({ layers: [...layers, 2], image: true });

/** Eight layers. @param stride of the first: 2 makes large images smaller at once */
const deep = (stride: number) =>
  image(conv(16, stride), conv(16), pool, conv(32), conv(32), pool, conv(32), conv(32), 64);

/** CNN₂, CNN₄ and CNN₆, trained to their end: with the quicker momentum, as the order in which they learn is of no interest. */
function shallow(networks: readonly ClassificationNetwork[], training: ClassificationTraining) {
  return networks.map((network, i) => ({ name: `CNN${"₂₄₆"[i]}`, network, training: { momentum: 0.9, ...training } }));
}

export const convolutionsOnDigits: PaperClassification = {
  name: "nakkiran-2019-convolutions",
  title: "Digits, 0–4 against 5–9: convolutional networks",
  description: "A deep convolutional network leaves those of 2, 4 and 6 layers behind in this order.",
  task: { kind: "digits", groups: "first-against-last" },
  network: deep(1),
  // small steps: at three times the rate it falls back at times, and is then behind all that it had left
  training: { learningRate: 0.01, batchSize: 16, epochs: 50 },
  simple: shallow(
    [
      image(conv(4, 2)),
      image(conv(6), pool, conv(8), pool, 16),
      image(conv(16), conv(16), pool, conv(32), conv(32), pool, 32),
    ],
    { learningRate: { 0: 0.05, 15: 0.005 }, batchSize: 32, epochs: 20 },
  ),
  seconds: 10,
};

/** Few channels, as even the linear classifier is right nine times in ten. */
export const convolutionsOnFashion: PaperClassification = {
  name: "nakkiran-2019-convolutions-fashion-mnist",
  title: "Fashion-MNIST, classes 0–4 against 5–9: convolutional networks",
  description: "A deep convolutional network leaves those of 2, 4 and 6 layers behind in this order.",
  task: { kind: "fashion-mnist", groups: "first-against-last" },
  network: deep(2),
  // its first quarter of an epoch slowly: at 0.04 from the start it forgets, and learns again, within tens of steps
  training: { learningRate: { 0: 0.01, 0.25: 0.04, 2.75: 0.015, 3.5: 0.003 }, batchSize: 16, epochs: 4 },
  simple: shallow(
    [
      image(conv(2, 2), pool),
      image(conv(4, 2), pool, conv(4), pool, 8),
      image(conv(8, 2), conv(8), pool, conv(16), conv(16), pool, 32),
    ],
    { learningRate: { 0: 0.02, 3: 0.002 }, batchSize: 32, epochs: 4 },
  ),
  // few, as predictions on 10,000 images take as long as some 200 steps
  evaluations: {
    steps: [1, 3, 10, 30, 100, 300, 600, 1000, 1500, 2200, 3200, 4500, 6000, 8000, 10_000, 12_500, 15_000],
  },
  seconds: 135,
};
