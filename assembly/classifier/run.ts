/** The parameter blocks of a network in memory, and where their parts are: f64 numbers whose names TypeScript asks for; addresses are numbers too. */

/**
 * A layer. Widths are filled up to eights: `inputs` and `outputs` are what is stored. Of a convolution they are the rows and columns of its weights: neighbourhoods and
 * channels; its matrices of outputs have a row a pixel.
 *
 *   kind         0 dense, 1 convolution 3 x 3, 2 the largest of 2 x 2, 3 a convolution of the network's inputs
 *   activation   0 linear, 1 relu, 2 erf, 3 tanh (activate.ts)
 *   weights      inputs x outputs in panels; biases: outputs
 *   weightVelocity, biasVelocity   the same again; 0 without momentum
 *   out          rows x outputs in panels: after the activation
 *   slopes       the same: s'(z) where it does not follow from `out`; 0 otherwise
 *   delta        the same: dLoss/dz
 *   deltaT       its transpose
 *
 * and of images (images.ts):
 *
 *   height, width, channels   of what comes in; channels filled up to eights unless kind is 3. Of a dense layer on images 1, their pixels, channels; else 0
 *   outHeight, outWidth, stride   of what goes out
 *   pixels       outHeight outWidth, 1 of a dense layer
 *   columns      neighbourhoods, or the images in rows of samples, where there are such: the first factor of the product
 *   gradient     the gradient of `columns`: shared by all layers
 */
@unmanaged
export class Layer {
  inputs: f64; outputs: f64; activation: f64;
  weights: f64; biases: f64; weightVelocity: f64; biasVelocity: f64;
  out: f64; slopes: f64; delta: f64; deltaT: f64;
  kind: f64; height: f64; width: f64; channels: f64; outHeight: f64; outWidth: f64; stride: f64; pixels: f64; columns: f64; gradient: f64;
}

/** Names of the numbers of `Layer`, in order, separated by spaces. */
export function layerFields(): string {
  return "inputs outputs activation weights biases weightVelocity biasVelocity out slopes delta deltaT " +
    "kind height width channels outHeight outWidth stride pixels columns gradient";
}

/** Numbers of `Layer`. */
export const LAYER_BYTES: usize = 21 * 8;

/**
 * A network and its training. Samples are rows of `rowBytes`, filled up to eights of numbers with zeros.
 *
 *   layers, depth     `Layer`, one after the other
 *   outputs           of the last layer, as the user has them
 *   loss              0 softmax cross-entropy, 1 logistic, 2 squared (losses.ts)
 *   input             capacity x features in panels
 *   x, labels         the set that is trained on: n rows, n i32; targets: n x outputs f32 in their place for the squared loss, or 0
 *   order, pass       u32 n: the order of epoch number `pass` (-1: none yet); orderKey: its stream
 *   perEpoch          steps in an epoch: floor(n / batch)
 *   staged            1: batches are taken from x one after the other, as they lie there, starting at number `place`
 *   changes, changeCount   what is done to each sample (augment.ts), and its stream changeKey; `row`: work space of a row
 *   rate, momentum, weightDecay, biasDecay
 *   step              steps done
 *   lossSum           of the mean losses of the batches since it was last set to 0
 */
@unmanaged
export class Run {
  layers: f64; depth: f64; outputs: f64; loss: f64; features: f64; rowBytes: f64; batch: f64;
  input: f64; x: f64; labels: f64; targets: f64; n: f64;
  order: f64; pass: f64; orderKey: f64; perEpoch: f64; staged: f64; place: f64;
  changes: f64; changeCount: f64; changeKey: f64; row: f64;
  rate: f64; momentum: f64; weightDecay: f64; biasDecay: f64; step: f64; lossSum: f64;
}

/** Names of the numbers of `Run`, in order, separated by spaces. */
export function classifierFields(): string {
  return "layers depth outputs loss features rowBytes batch input x labels targets n order pass orderKey perEpoch staged place " +
    "changes changeCount changeKey row rate momentum weightDecay biasDecay step lossSum";
}

// @ts-ignore: decorator
@inline
export function layerOf(run: Run, l: i32): Layer {
  return changetype<Layer>(<usize>run.layers + <usize>l * LAYER_BYTES);
}
