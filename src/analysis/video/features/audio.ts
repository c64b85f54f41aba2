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
  run: ({ header: { audioStream }, timeline: { audioStatistics } }) =>
    Promise.resolve<AudioFacts | null>(
      audioStream && {
        codec: audioStream.codec,
        sample_rate: audioStream.sampleRate,
        channels: audioStream.channels,
        bit_rate: audioStatistics.bitRate,
      },
    ),
};
