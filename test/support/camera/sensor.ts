import sharp from 'sharp';

/** Share of the width by which the picture is framed anew each time. */
const WOBBLE = 0.01;
const GAIN = 0.03;

/**
 * One more capture of what a picture shows: framed and exposed a little differently, as no lens gives the same picture
 * twice. Pictures that are sent as they are have been seen before, and the server knows them.
 */
export async function captured(picture: Buffer, random: () => number = Math.random): Promise<Buffer> {
  const { width, height } = await sharp(picture).metadata();
  const margin = Math.ceil(width * WOBBLE);
  const cut = (): number => Math.floor(random() * (margin + 1));
  const [left, top] = [cut(), cut()];
  return sharp(picture)
    .extract({ left, top, width: width - left - cut(), height: height - top - cut() })
    .resize(width, height, { fit: 'fill' })
    .linear(1 + (random() - 0.5) * GAIN, random())
    .jpeg({ quality: 85 })
    .toBuffer();
}
