import { describe, expect, it } from '@jest/globals';
import { cameraState } from './camera.js';
import { NANYANG } from './testing/nanyang-policy.js';
import { aPolicy } from './testing/opening.js';

describe('a camera by its label', () => {
  it.each(['OBS Virtual Camera', 'obs-camera', 'ManyCam Virtual Webcam', 'XSplit VCam', 'Snap Camera', 'e2eSoft VCam', 'Dummy video device (0x0000)', '虚拟摄像头', 'NDI Video'])(
    '%s may feed made-up pictures',
    (label) => {
      expect(cameraState(label, NANYANG)).toBe('SUSPECT');
      expect(cameraState(label, aPolicy({ camera: { allowVirtual: true } }))).toBe('USABLE');
    },
  );

  it.each(['DroidCam Source 3', 'Iriun Webcam', 'EpocCam', 'iVCam', 'Camo', "Wang's iPhone Camera"])('%s is a telephone behind a program', (label) => {
    expect(cameraState(label, aPolicy({ camera: { allowVirtual: true } }))).toBe('SUSPECT');
    expect(cameraState(label, aPolicy({ camera: { allowVirtual: true, allowPhoneAsWebcam: true } }))).toBe('USABLE');
  });

  it.each(['Integrated Webcam (0c45:6713)', 'HD Pro Webcam C920', 'FaceTime HD Camera', 'camera2 1, facing front', 'Front Camera', '前置相机', 'USB2.0 相机', ''])(
    'nothing is held against "%s"',
    (label) => expect(cameraState(label, NANYANG)).toBe('USABLE'),
  );

  it('is missing when the page has none', () => {
    expect(cameraState(null, NANYANG)).toBe('MISSING');
  });
});
