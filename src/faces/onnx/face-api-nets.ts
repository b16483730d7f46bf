import { GraphBuilder } from './graph-builder.js';
import type { Weights } from './tfjs-weights.js';

type WeightMap = ReadonlyMap<string, Weights>;

/** The nets of face-api that are used here, by the name of their file. */
export type FaceApiNet = 'tiny_face_detector' | 'ssd_mobilenetv1' | 'face_landmark_68' | 'face_recognition';

/** Input `image`: batch × 3 × side × side, normalised as the net was trained. The shapes of the outputs are face-api's. */
export const FACE_API_NETS: Readonly<Record<FaceApiNet, (weights: WeightMap) => Buffer>> = {
  tiny_face_detector: tinyFaceDetector,
  ssd_mobilenetv1: ssdMobilenet,
  face_landmark_68: faceLandmarks,
  face_recognition: faceRecognition,
};

/** Output `cells`: batch × rows × columns × 25, five anchors of x, y, width, height, score. Any input size. */
function tinyFaceDetector(weights: WeightMap): Buffer {
  const net = new GraphBuilder('tiny_face_detector');
  const leaky = (from: string): string => net.node('LeakyRelu', [from], { alpha: 0.1 });
  const image = net.input('image', ['batch', 3, 'side', 'side']);
  const first = net.convolution(image, { filters: get(weights, 'conv0/filters'), bias: get(weights, 'conv0/bias').data, padding: 'VALID' });
  let out = net.pool('MaxPool', leaky(first), 2, 2, 'SAME_UPPER');
  for (let layer = 1; layer <= 5; layer += 1) {
    out = leaky(separable(net, weights, `conv${layer}`, out, 1));
    out = net.pool('MaxPool', out, 2, layer < 5 ? 2 : 1, 'SAME_UPPER');
  }
  out = net.convolution(out, { filters: get(weights, 'conv8/filters'), bias: get(weights, 'conv8/bias').data, padding: 'VALID' });
  net.output('cells', net.channelsLast(out), ['batch', 'rows', 'columns', 25]);
  return net.encode();
}

const SSD_HALVING_LAYERS: readonly number[] = [2, 4, 6, 12];
const SSD_BATCH_NORM_EPSILON = 0.0010000000474974513;

/** Outputs `boxes` (batch × anchors × [top, left, bottom, right] of the square input) and `scores` (batch × anchors × 1). */
function ssdMobilenet(weights: WeightMap): Buffer {
  const net = new GraphBuilder('ssd_mobilenetv1');
  const [zero, six] = [net.scalar(0), net.scalar(6)];
  const relu6 = (from: string): string => net.node('Clip', [from, zero, six]);
  const pointwise = (from: string, name: string, stride: number): string =>
    relu6(net.convolution(from, { filters: get(weights, `${name}/weights`), bias: get(weights, `${name}/convolution_bn_offset`).data, stride, padding: 'SAME_UPPER' }));
  let out = pointwise(net.input('image', ['batch', 3, 512, 512]), 'MobilenetV1/Conv2d_0_pointwise', 2);
  let middle = out;
  for (let layer = 1; layer <= 13; layer += 1) {
    const stride = SSD_HALVING_LAYERS.includes(layer) ? 2 : 1;
    out = relu6(net.convolution(out, { ...normalised(weights, `MobilenetV1/Conv2d_${layer}_depthwise`), stride, padding: 'SAME_UPPER', isDepthwise: true }));
    out = pointwise(out, `MobilenetV1/Conv2d_${layer}_pointwise`, 1);
    if (layer === 11) middle = out;
  }
  const features = [middle, out];
  for (let layer = 0; layer < 8; layer += 1) {
    out = pointwise(out, `Prediction/Conv2d_${layer}_pointwise`, layer % 2 === 0 ? 1 : 2);
    if (layer % 2 === 1) features.push(out);
  }
  const predict = (kind: string, size: number): string => {
    const parts = features.map((from, index) => {
      const name = `Prediction/BoxPredictor_${index}/${kind}`;
      const map = net.convolution(from, { filters: get(weights, `${name}/weights`), bias: get(weights, `${name}/biases`).data, padding: 'SAME_UPPER' });
      return net.node('Reshape', [net.channelsLast(map), net.integers([0, -1, size])]);
    });
    return net.node('Concat', parts, { axis: 1 });
  };
  const part = (from: string, start: number, end: number): string => net.node('Slice', [from, net.integers([start]), net.integers([end]), net.integers([2])]);
  const encoded = predict('BoxEncodingPredictor', 4);
  const anchors = anchorsOf(get(weights, 'Output/extra_dim'));
  const count = anchors.centres.length / 2;
  const constant = (data: Float32Array): string => net.floats([1, count, 2], data);
  const centre = net.node('Add', [net.node('Mul', [part(encoded, 0, 2), constant(anchors.sizes.map((size) => size / 10))]), constant(anchors.centres)]);
  const growth = net.node('Exp', [net.node('Mul', [part(encoded, 2, 4), net.scalar(0.2)])]);
  const half = net.node('Mul', [growth, constant(anchors.sizes.map((size) => size / 2))]);
  const boxes = net.node('Concat', [net.node('Sub', [centre, half]), net.node('Add', [centre, half])], { axis: 2 });
  net.output('boxes', boxes, ['batch', count, 4]);
  net.output('scores', net.node('Sigmoid', [part(predict('ClassPredictor', 3), 1, 2)]), ['batch', count, 1]);
  return net.encode();
}

/** Output `points`: batch × 136, x and y in turn, of the square input. */
function faceLandmarks(weights: WeightMap): Buffer {
  const net = new GraphBuilder('face_landmark_68');
  const relu = (from: string): string => net.node('Relu', [from]);
  let out = net.input('image', ['batch', 3, 112, 112]);
  for (let block = 0; block < 4; block += 1) {
    const name = `dense${block}`;
    const head =
      block === 0
        ? net.convolution(out, { filters: get(weights, 'dense0/conv0/filters'), bias: get(weights, 'dense0/conv0/bias').data, stride: 2, padding: 'SAME_UPPER' })
        : separable(net, weights, `${name}/conv0`, out, 2);
    // Each layer takes the sum of all before it.
    const first = relu(head);
    let sum = first;
    for (let layer = 1; layer < 4; layer += 1) {
      const from = layer === 1 ? first : relu(sum);
      sum = net.node('Add', [sum, separable(net, weights, `${name}/conv${layer}`, from, 1)]);
    }
    out = relu(sum);
  }
  const pooled = net.node('Flatten', [net.channelsLast(net.pool('AveragePool', out, 7, 2, 'VALID'))], { axis: 1 });
  const { shape, data } = get(weights, 'fc/weights');
  const bias = get(weights, 'fc/bias');
  net.output('points', net.node('Gemm', [pooled, net.floats(shape, data), net.floats(bias.shape, bias.data)]), ['batch', 136]);
  return net.encode();
}

/** Side of the feature maps at each stage of the recognition net, from an input of 150. */
const RECOGNITION_STAGES: readonly { readonly name: string; readonly channels: number; readonly blocks: number }[] = [
  { name: 'conv64', channels: 64, blocks: 3 },
  { name: 'conv128', channels: 128, blocks: 2 },
  { name: 'conv256', channels: 256, blocks: 2 },
];

/** Output `descriptor`: batch × 128. */
function faceRecognition(weights: WeightMap): Buffer {
  const net = new GraphBuilder('face_recognition');
  const scaled = (name: string) => {
    const filters = get(weights, `${name}/conv/filters`);
    const bias = get(weights, `${name}/conv/bias`).data;
    const factors = get(weights, `${name}/scale/weights`).data;
    const shift = get(weights, `${name}/scale/biases`).data;
    return {
      filters: { shape: filters.shape, data: filters.data.map((value, index) => value * factors[index % factors.length]!) },
      bias: bias.map((value, index) => value * factors[index]! + shift[index]!),
    };
  };
  const convolution = (from: string, name: string, stride: number): string =>
    net.convolution(from, { ...scaled(name), stride, padding: stride === 1 ? 'SAME_UPPER' : 'VALID' });
  const relu = (from: string): string => net.node('Relu', [from]);
  const block = (from: string, name: string): string =>
    relu(net.node('Add', [convolution(relu(convolution(from, `${name}/conv1`, 1)), `${name}/conv2`, 1), from]));
  let side = 35;
  let channels = 32;
  const halve = (from: string, name: string, channelsAfter: number): string => {
    const pooledSide = side >> 1;
    const convolvedSide = (side - 3) / 2 + 1 | 0;
    const convolved = convolution(relu(convolution(from, `${name}/conv1`, 2)), `${name}/conv2`, 1);
    const missing = pooledSide - convolvedSide;
    const out = missing === 0 ? convolved : net.padded(convolved, [0, 0, missing, missing]);
    const pooled = net.pool('AveragePool', from, 2, 2, 'VALID');
    const shortcut = channelsAfter === channels ? pooled : net.padded(pooled, [0, channelsAfter - channels, 0, 0]);
    side = pooledSide;
    channels = channelsAfter;
    return relu(net.node('Add', [shortcut, out]));
  };
  let out = relu(convolution(net.input('image', ['batch', 3, 150, 150]), 'conv32_down', 2));
  out = net.pool('MaxPool', out, 3, 2, 'VALID');
  for (let index = 1; index <= 3; index += 1) out = block(out, `conv32_${index}`);
  for (const stage of RECOGNITION_STAGES) {
    out = halve(out, `${stage.name}_down`, stage.channels);
    for (let index = 1; index <= stage.blocks; index += 1) out = block(out, `${stage.name}_${index}`);
  }
  out = halve(out, 'conv256_down_out', 256);
  const mean = net.node('Flatten', [net.node('GlobalAveragePool', [out])], { axis: 1 });
  const { shape, data } = get(weights, 'fc');
  net.output('descriptor', net.node('MatMul', [mean, net.floats(shape, data)]), ['batch', 128]);
  return net.encode();
}

/** A filter for each channel, then a mix of the channels. */
function separable(net: GraphBuilder, weights: WeightMap, name: string, from: string, stride: number): string {
  const each = net.convolution(from, { filters: get(weights, `${name}/depthwise_filter`), stride, padding: 'SAME_UPPER', isDepthwise: true });
  return net.convolution(each, { filters: get(weights, `${name}/pointwise_filter`), bias: get(weights, `${name}/bias`).data, padding: 'VALID' });
}

/** A depthwise convolution with its batch normalisation folded in. */
function normalised(weights: WeightMap, name: string): { readonly filters: Weights; readonly bias: Float32Array } {
  const filters = get(weights, `${name}/depthwise_weights`);
  const norm = (part: string): Float32Array => get(weights, `${name}/BatchNorm/${part}`).data;
  const [gamma, beta, mean, variance] = [norm('gamma'), norm('beta'), norm('moving_mean'), norm('moving_variance')];
  const factors = gamma.map((value, index) => value / Math.sqrt(variance[index]! + SSD_BATCH_NORM_EPSILON));
  return {
    filters: { shape: filters.shape, data: filters.data.map((value, index) => value * factors[index % factors.length]!) },
    bias: beta.map((value, index) => value - mean[index]! * factors[index]!),
  };
}

/** Stored as [top, left, bottom, right]. */
function anchorsOf({ data }: Weights): { readonly centres: Float32Array; readonly sizes: Float32Array } {
  const centres = new Float32Array(data.length / 2);
  const sizes = new Float32Array(data.length / 2);
  for (let index = 0; index < centres.length; index += 1) {
    const low = data[(index >> 1) * 4 + (index & 1)]!;
    const high = data[(index >> 1) * 4 + (index & 1) + 2]!;
    centres[index] = low + (high - low) / 2;
    sizes[index] = high - low;
  }
  return { centres, sizes };
}

function get(weights: WeightMap, name: string): Weights {
  const found = weights.get(name);
  if (found === undefined) throw new Error(`no weights named ${name}`);
  return found;
}
