import { TestEnvironment } from 'jest-environment-node';

/** Node as jest makes it, with the one Float32Array that native code knows: onnxruntime refuses those of another realm. */
export default class NativeFloatsEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.Float32Array = Float32Array;
  }
}
