import type { Feature } from '../../analyzer.js';
import type { DecodedVideo } from '../decoded-video.js';

/** What `audio` shows of the sound that a player would play. */
interface AudioFacts {
  readonly codec: string;
  /** Hertz. */
  readonly sample_rate: number | null;
  readonly channels: number | null;
  /** Bits a second, measured. */
  readonly bit_rate: number | null;
}

export const audio: Feature<DecodedVideo> = {
  name: 'audio',
  description: 'Codec, sample rate and channels of the sound; null when the film is silent',
  default: true,
  run: ({ header: { sound }, timeline: { sounds } }) =>
    Promise.resolve<AudioFacts | null>(
      sound && {
        codec: sound.codec,
        sample_rate: sound.sampleRate,
        channels: sound.channels,
        bit_rate: sounds.bitRate,
      },
    ),
};
