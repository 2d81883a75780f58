/**
 * The sounds, made here and not recorded: short figures that a person learns within a session. A machine
 * without sound, or one that wants a click first, stays silent; the flash and the words say the same.
 */
interface Note {
  /** Frequency in hertz. */
  hz: number;
  /** Start and length in seconds. */
  at: number;
  for: number;
}

export type Figure = 'round' | 'rest-soon' | 'rest-over' | 'waiting' | 'best';

/**
 * A rising fourth with an octave on top: "go". One note, then two even ones: "soon", "time". A falling third: "somebody is here". A major
 * chord, note by note: "better than ever". */
const FIGURES: Record<Figure, readonly Note[]> = {
  round: [
    { hz: 392, at: 0, for: 0.14 },
    { hz: 523.25, at: 0.11, for: 0.16 },
    { hz: 783.99, at: 0.22, for: 0.42 },
  ],
  'rest-soon': [{ hz: 587.33, at: 0, for: 0.12 }],
  'rest-over': [
    { hz: 587.33, at: 0, for: 0.16 },
    { hz: 587.33, at: 0.22, for: 0.32 },
  ],
  waiting: [
    { hz: 659.25, at: 0, for: 0.2 },
    { hz: 523.25, at: 0.17, for: 0.36 },
  ],
  best: [
    { hz: 523.25, at: 0, for: 0.14 },
    { hz: 659.25, at: 0.1, for: 0.14 },
    { hz: 783.99, at: 0.2, for: 0.14 },
    { hz: 1046.5, at: 0.3, for: 0.5 },
  ],
};

export class Sounds {
  #context: AudioContext | null = null;
  /** Tones that have not ended yet. */
  #playing = 0;

  constructor(readonly isOn: () => boolean) {}

  play(figure: Figure): void {
    if (!this.isOn() || typeof AudioContext === 'undefined') return;
    // After what arrived is on screen: waking the machine's sound takes longer than a frame.
    afterPaint(() => {
      const context = (this.#context ??= new AudioContext());
      context
        .resume()
        .then(() => {
          for (const note of FIGURES[figure]) this.#playNote(context, note);
        })
        .catch(() => undefined);
    });
  }

  /** One note: a struck tone with an overtone, a hard start and a soft end. */
  #playNote(context: AudioContext, note: Note): void {
    const start = context.currentTime + note.at + 0.01;
    const end = start + note.for;
    const loudness = context.createGain();
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(0.32, start + 0.008);
    loudness.gain.exponentialRampToValueAtTime(0.001, end);
    loudness.connect(context.destination);
    for (const [factor, type] of [
      [1, 'triangle'],
      [2, 'sine'],
    ] as const) {
      const tone = context.createOscillator();
      tone.type = type;
      tone.frequency.value = note.hz * factor;
      tone.connect(loudness);
      tone.start(start);
      tone.stop(end);
      this.#playing += 1;
      tone.onended = () => {
        this.#playing -= 1;
        // A context that runs computes silence, and keeps the machine awake.
        if (this.#playing === 0) void context.suspend();
      };
    }
  }
}

/** A window nobody sees is never painted. */
function afterPaint(act: () => void): void {
  if (document.hidden) act();
  else requestAnimationFrame(() => setTimeout(act));
}
