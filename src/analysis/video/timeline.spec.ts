import { packetOf } from './packets.js';
import { FrameTimestamps } from './frame-timestamps.js';
import { type Packet, StreamStatistics } from './stream-statistics.js';

const packet = (time: number | null, duration: number | null = null, bytes = 100): Packet => ({
  stream: 0,
  time,
  duration,
  bytes,
  key: false,
});

describe('packetOf', () => {
  it('reads a line of ffprobe, in seconds from the start of the file', () => {
    const line = 'stream_index=1|pts_time=2.500000|dts_time=2.400000|duration_time=0.040000|size=17|flags=K__';
    expect(packetOf(line, 0.5)).toEqual({ stream: 1, time: 2, duration: 0.04, bytes: 17, key: true });
  });

  it('takes the time of decoding where none of showing is known, and none where neither is', () => {
    const line = (dts: string) => `stream_index=0|pts_time=N/A|dts_time=${dts}|duration_time=N/A|size=1|flags=__`;
    expect(packetOf(line('3.0'), 0)).toMatchObject({ time: 3, duration: null, key: false });
    expect(packetOf(line('N/A'), 0)).toMatchObject({ time: null });
  });

  it('passes over what is never shown and what is no packet', () => {
    expect(packetOf('stream_index=0|pts_time=0|size=1|flags=KD', 0)).toBeNull();
    expect(packetOf('side_data|rotation=90', 0)).toBeNull();
    expect(packetOf('', 0)).toBeNull();
  });
});

describe('a track', () => {
  it('ends with the picture shown last, whatever the order of storing', () => {
    const track = new StreamStatistics();
    for (const time of [0, 0.12, 0.04, 0.08]) track.addPacket(packet(time, 0.04));
    expect(track.end).toBeCloseTo(0.16, 9);
    expect(track.rate).toBeCloseTo(25, 9);
    expect(track.bitRate).toBe(20_000);
  });

  it('takes the average distance for the length of a last picture that has none', () => {
    const track = new StreamStatistics();
    for (const time of [1, 2, 3]) track.addPacket(packet(time));
    expect(track.end).toBe(4);
    expect(track.rate).toBe(1);
  });

  it('does not believe times and lengths beyond an hour from the rest', () => {
    const track = new StreamStatistics();
    expect([0, 1, 1e9, 2].map((time) => track.addPacket(packet(time, 1)))).toEqual([true, true, false, true]);
    track.addPacket(packet(3, 1e9));
    expect(track.end).toBe(4);
  });

  it('has no rate when it has fewer than two times', () => {
    const track = new StreamStatistics();
    track.addPacket(packet(null));
    track.addPacket(packet(0));
    expect({ packets: track.packets, end: track.end, rate: track.rate, bitRate: track.bitRate }).toEqual({
      packets: 2,
      end: 0,
      rate: null,
      bitRate: null,
    });
  });
});

describe('the central picture of a scene', () => {
  const times = new FrameTimestamps();
  for (let second = 0; second < 20; second += 1) times.addFrame(second, second % 5 === 0);

  it('is one that can be decoded by itself when it lies in the middle half', () => {
    expect(times.centralFrame(2, 8)).toBe(5);
  });

  it('is the nearest to the middle otherwise', () => {
    expect(times.centralFrame(5, 9)).toBe(7);
  });

  it('is the one at the start of the scene when there is no other', () => {
    const slides = new FrameTimestamps();
    for (const time of [0, 10, 11]) slides.addFrame(time, true);
    expect(slides.centralFrame(0, 10)).toBe(0);
    expect(slides.centralFrame(11, 30)).toBe(11);
  });

  it('is unknown in a scene without pictures', () => {
    expect(times.centralFrame(30, 40)).toBeNull();
  });
});
