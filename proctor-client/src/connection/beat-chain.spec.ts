import { describe, expect, it } from '@jest/globals';
import { BeatChain } from './beat-chain.js';
import type { BeatDraft } from './outbox.js';

const draft: BeatDraft = {
  positionMs: 0, rate: 1, state: 'PLAYING', clientMonoMs: 1, clientWallAt: 1, visible: true, pictureInPicture: false,
};

describe('beat chain', () => {
  it('numbers beats from the server on and hands each the nonce of the last acknowledgement', () => {
    const chain = new BeatChain();
    chain.joined({ nonce: 'a', lastSeq: 7 });
    expect(chain.seal(draft)).toMatchObject({ seq: 8, nonce: 'a' });
    chain.acknowledged({ seq: 8, nonce: 'b' });
    expect(chain.seal(draft)).toMatchObject({ seq: 9, nonce: 'b' });
  });

  it('knows after a drop that the beat on its way was stored', () => {
    const chain = new BeatChain();
    chain.joined({ nonce: 'a', lastSeq: 0 });
    chain.seal(draft);
    expect(chain.joined({ nonce: 'b', lastSeq: 1 })).toBe(true);
    expect(chain.seal(draft)).toMatchObject({ seq: 2, nonce: 'b' });
  });

  it('sends a beat that was not stored again with the same number and a new nonce', () => {
    const chain = new BeatChain();
    chain.joined({ nonce: 'a', lastSeq: 4 });
    expect(chain.seal(draft).seq).toBe(5);
    expect(chain.joined({ nonce: 'b', lastSeq: 4 })).toBe(false);
    expect(chain.seal(draft)).toMatchObject({ seq: 5, nonce: 'b' });
  });

  it('does not take an acknowledged beat for one on its way', () => {
    const chain = new BeatChain();
    chain.joined({ nonce: 'a', lastSeq: 0 });
    chain.seal(draft);
    chain.acknowledged({ seq: 1, nonce: 'b' });
    expect(chain.joined({ nonce: 'c', lastSeq: 1 })).toBe(false);
  });

  it('refuses to seal before a join', () => {
    expect(() => new BeatChain().seal(draft)).toThrow('nonce');
  });
});
