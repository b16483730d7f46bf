import type { Layout } from './net-input.js';

/** Numbers a net answers with, by the name of the output. */
export type NetOutputs = Readonly<Record<string, Float32Array>>;

/** Runs nets in one runtime or another; blocks the thread while it computes. */
export interface FaceNets<Name extends string> {
  /** Name and version of the runtime. */
  readonly runtime: string;
  /** How the pixels of an input have to lie. */
  readonly layout: Layout;
  /** Runs a net on a batch of square pictures of three channels, one after the other in `images`. */
  run(net: Name, images: Float32Array, side: number): Promise<NetOutputs>;
}
