/**
 * What was answered to messages not long ago: a message that comes again, because its sender did not get the answer or because
 * somebody replays it, is answered as before and does nothing again.
 */

/** An answer that can be given again. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: string;
}

/** How a message stands to those that came before. */
export type Recalled = 'other-content' | 'full' | { readonly answer: Promise<StoredAnswer> };

/** The most messages that are remembered at once. */
export const MAX_REMEMBERED_MESSAGES = 10_000;

/** For how long a message is remembered: as long as its time can be taken for the present, and as much again. */
export const REMEMBER_SECONDS = 1_200;

interface Remembered {
  readonly content: string;
  readonly answer: Promise<StoredAnswer>;
  readonly untilSeconds: number;
}

/** Owns the answers of one handler. */
export class AnswerMemory {
  // In the order in which they came, so that the oldest is the first.
  readonly #messages = new Map<string, Remembered>();

  /**
   * The answer to message `id`: the one that it got before, or the one that `work` comes to.
   * @param content Tells messages of the same id apart; an id names one message.
   */
  recall(message: {
    readonly id: string;
    readonly content: string;
    readonly nowSeconds: number;
    readonly work: () => Promise<StoredAnswer>;
  }): Recalled {
    const { id, content, nowSeconds, work } = message;
    this.#forgetUntil(nowSeconds);
    const known = this.#messages.get(id);
    if (known !== undefined) return known.content === content ? { answer: known.answer } : 'other-content';
    if (this.#messages.size >= MAX_REMEMBERED_MESSAGES) return 'full';
    const answer = work();
    this.#messages.set(id, { content, answer, untilSeconds: nowSeconds + REMEMBER_SECONDS });
    answer.then(
      ({ status }) => this.#forgetFailed(id, status),
      () => this.#messages.delete(id),
    );
    return { answer };
  }

  /** What failed on this side may be tried again. */
  #forgetFailed(id: string, status: number): void {
    if (status >= 500) this.#messages.delete(id);
  }

  #forgetUntil(nowSeconds: number): void {
    for (const [id, { untilSeconds }] of this.#messages) {
      if (untilSeconds > nowSeconds) return;
      this.#messages.delete(id);
    }
  }
}
