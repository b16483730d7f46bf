import { describe, expect, it } from '@jest/globals';
import { type Detector, type FaceBox, FaceEngine } from './face-engine.js';
import { findFaces, findFacesSurely, glance } from './face-finder.js';
import type { RgbImage } from './rgb-image.js';

const image: RgbImage = { data: new Uint8Array(320 * 240 * 3), width: 320, height: 240 };
const box = (x: number, size: number, score = 0.9): FaceBox => ({ x, y: 20, width: size, height: size, score });

/** Answers by net: `TINY 320`, `SSD`, or `SSD padded` for a picture with a border. */
class ScriptedEngine extends FaceEngine {
  override readonly id = 'scripted';
  readonly asked: string[] = [];

  constructor(private readonly script: Readonly<Record<string, readonly FaceBox[]>>) {
    super();
  }

  override warmUp(): Promise<void> {
    return Promise.resolve();
  }

  override detect(shown: RgbImage, detector: Detector): Promise<readonly FaceBox[]> {
    const name = detector.net === 'TINY' ? `TINY ${detector.inputPx}` : shown.width === image.width ? 'SSD' : 'SSD padded';
    this.asked.push(name);
    return Promise.resolve((this.script[name] ?? []).filter(({ score }) => score >= detector.minScore));
  }

  override landmarks(): Promise<never> {
    return Promise.reject(new Error('not asked for'));
  }

  override descriptor(): Promise<never> {
    return Promise.reject(new Error('not asked for'));
  }
}

describe('finding faces', () => {
  it('is content with one face of the quick net', async () => {
    const engine = new ScriptedEngine({ 'TINY 320': [box(50, 100)] });
    await expect(findFaces(engine, image)).resolves.toMatchObject({ count: 1, main: { x: 50 } });
    expect(engine.asked).toEqual(['TINY 320']);
  });

  it('goes through the sizes, the sure net and a border before it says that nobody is there', async () => {
    const engine = new ScriptedEngine({});
    await expect(findFaces(engine, image)).resolves.toEqual({ count: 0, main: null });
    expect(engine.asked).toEqual(['TINY 320', 'TINY 224', 'TINY 416', 'SSD', 'SSD padded']);
  });

  it('gives the place of a face found with a border in the picture without it', async () => {
    const engine = new ScriptedEngine({ 'SSD padded': [box(128 + 10, 100)] });
    await expect(findFacesSurely(engine, image)).resolves.toMatchObject({ count: 1, main: { x: 10, y: 20 - 128 } });
  });

  it('lets the sure net confirm a second face', async () => {
    const two = [box(10, 60), box(200, 80)];
    await expect(findFaces(new ScriptedEngine({ 'TINY 320': two, SSD: two }), image)).resolves.toMatchObject({ count: 2, main: { x: 200 } });
    await expect(findFaces(new ScriptedEngine({ 'TINY 320': two, SSD: [box(10, 60)] }), image)).resolves.toMatchObject({ count: 1, main: { x: 10 } });
  });

  it('takes the largest of two for the only one when the sure net sees none at all', async () => {
    const engine = new ScriptedEngine({ 'TINY 320': [box(10, 60, 0.95), box(200, 100, 0.6)] });
    await expect(findFaces(engine, image)).resolves.toMatchObject({ count: 1, main: { x: 200 } });
  });

  it('counts a face inside a face once', async () => {
    const engine = new ScriptedEngine({ 'TINY 320': [box(50, 100), box(60, 70, 0.6)] });
    await expect(findFaces(engine, image)).resolves.toMatchObject({ count: 1 });
    expect(engine.asked).toEqual(['TINY 320']);
  });
});

describe('a glance at a frame', () => {
  it('takes a weak trace for the face where the face was just before, and nowhere else', async () => {
    const script = { 'TINY 160': [box(60, 100, 0.35)] };
    await expect(glance(new ScriptedEngine(script), image)).resolves.toMatchObject({ count: 0 });
    await expect(glance(new ScriptedEngine(script), image, box(50, 100))).resolves.toMatchObject({ count: 1, main: { x: 60 } });
    await expect(glance(new ScriptedEngine(script), image, box(200, 100))).resolves.toMatchObject({ count: 0 });
  });

  it('leaves several faces to be confirmed by its caller', async () => {
    const engine = new ScriptedEngine({ 'TINY 224': [box(10, 60), box(200, 80)] });
    await expect(glance(engine, image)).resolves.toMatchObject({ count: 2, main: { x: 200 } });
    expect(engine.asked).toEqual(['TINY 224']);
  });
});
