/**
 * Figure 5: a deep convolutional network held against shallower ones, the first five classes against the last five. CNN_k has k layers with weights, the last of them
 * dense. Widths and depths are ours: the paper's are for colour images of 32 x 32 pixels and a ResNet of 18 layers.
 */
import type { ClassificationNetwork, ClassificationTraining, LayerInput } from "../../classify/index.js";
import type { PaperClassification } from "../paper.js";

const pool = { kind: "max-pool" } as const;
const conv = (channels: number, stride = 1) => ({ kind: "convolution", channels, stride }) as const;

/**
 * @param stride of the first layer: 2 makes large images smaller at once
 * @param channels of CNN₄'s first layer: few where four layers could learn nearly all
 * @param training of the shallow ones, to their end
 */
function networks(stride: number, channels: number, training: ClassificationTraining) {
  const image = (...layers: LayerInput[]): ClassificationNetwork => ({ layers: [...layers, 2], image: true });
  return {
    network: image(conv(16, stride), conv(16), pool, conv(32), conv(32), pool, conv(32), conv(32), 64),
    simple: [
      { name: "CNN₂", network: image(conv(4, 2)), training },
      {
        name: "CNN₄",
        network: image(conv(channels, stride), pool, conv(2 * channels), pool, 4 * channels),
        training,
      },
      { name: "CNN₆", network: image(conv(16, stride), conv(16), pool, conv(32), conv(32), pool, 32), training },
    ],
  };
}

export const convolutionsOnDigits: PaperClassification = {
  name: "nakkiran-2019-convolutions",
  title: "Digits, 0–4 against 5–9: convolutional networks",
  description: "A deep convolutional network leaves those of 2, 4 and 6 layers behind in this order.",
  task: { kind: "digits", groups: "first-against-last" },
  ...networks(1, 4, { learningRate: { 0: 0.05, 15: 0.005 }, batchSize: 32, epochs: 20, momentum: 0.9 }),
  training: { learningRate: 0.03, batchSize: 32, epochs: 50 },
  seconds: 8,
};

export const convolutionsOnFashion: PaperClassification = {
  name: "nakkiran-2019-convolutions-fashion-mnist",
  title: "Fashion-MNIST, classes 0–4 against 5–9: convolutional networks",
  description: "A deep convolutional network leaves those of 2, 4 and 6 layers behind in this order.",
  task: { kind: "fashion-mnist", groups: "first-against-last", train: 10_000, test: 4000 },
  ...networks(2, 8, { learningRate: { 0: 0.02, 5: 0.002 }, batchSize: 32, epochs: 6, momentum: 0.9 }),
  training: { learningRate: 0.1, batchSize: 32, epochs: 8 },
  seconds: 60,
};
