/** What a camera's label gives away. A browser can only suspect: a label is a claim, so it leads to a look by a person. */
import type { Policy } from './policy.js';

/** Programs that feed made-up or recorded pictures to the browser as if they came from a lens. */
const VIRTUAL = /virtual|虚拟|\bobs\b|manycam|xsplit|snap camera|vcam|v4l2loopback|dummy video|youcam|camtwist|sparkocam|webcamoid|mmhmm|\bndi\b/i;
/** A telephone's camera that reaches the browser of a computer through a program. */
const PHONE = /droidcam|iriun|epoccam|ivcam|\bcamo\b|iphone|ipad/i;

/** SMALL: it gives fewer pixels than the policy asks for. */
export type CameraState = 'USABLE' | 'MISSING' | 'LOST' | 'SUSPECT' | 'SMALL';

export const isSoftwareCamera = (label: string): boolean => VIRTUAL.test(label);

/** State of a camera that the page has just named; `null` when it has none. */
export function cameraState(label: string | null, { camera }: Policy): CameraState {
  if (label === null) return 'MISSING';
  const isBarred = (!camera.allowVirtual && isSoftwareCamera(label)) || (!camera.allowPhoneAsWebcam && PHONE.test(label));
  return isBarred ? 'SUSPECT' : 'USABLE';
}
