import { describe, expect, it } from '@jest/globals';
import { MODELS_DIR } from '../../test/support/face-models.js';
import { openFaceRuntime } from './face-runtime.js';

/** Nothing can be kept in a folder inside a file. */
const NO_FOLDER = new URL(import.meta.url).pathname;

describe('the runtime of the faces', () => {
  it('is onnxruntime where it can be', async () => {
    const { engine, mesh, spoof, fallback } = await openFaceRuntime('auto', MODELS_DIR);
    expect(fallback).toBeNull();
    for (const { id } of [engine, mesh, spoof]) expect(id).toContain('/onnxruntime-node@');
  }, 60_000);

  it('is WASM where onnxruntime cannot work, and says why; but not when onnxruntime was asked for', async () => {
    const { engine, mesh, spoof, fallback } = await openFaceRuntime('auto', NO_FOLDER);
    expect(fallback).toMatch(/ENOTDIR|EEXIST/);
    for (const { id } of [engine, mesh, spoof]) expect(id).toContain('/wasm/');
    await expect(openFaceRuntime('onnx', NO_FOLDER)).rejects.toThrow(/ENOTDIR|EEXIST/);
  }, 60_000);
});
