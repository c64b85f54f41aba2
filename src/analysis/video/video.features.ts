import { audio } from './features/audio.js';
import { contactSheet } from './features/contact-sheet.js';
import { faces } from './features/faces.js';
import { keyframes } from './features/keyframes.js';
import { objects } from './features/objects.js';
import { scenes } from './features/scenes.js';
import { video } from './features/video.js';

/** What can be found out about a video. */
export const videoFeatures = [video, audio, scenes, keyframes, contactSheet, faces, objects] as const;
