/**
 * What was typed and not yet accepted, kept in memory while the page lives, so that going back loses nothing. Personal
 * data never goes into the browser's storage; passwords are not kept here either.
 */

import type { DocumentKind } from "../api/types.ts";

export interface Draft {
  readonly kind?: DocumentKind;
  readonly name?: string;
  readonly birthDate?: string;
  readonly sex?: "M" | "F";
  readonly phone?: string;
  readonly bankCode?: string;
  readonly account?: string;
}

export class Drafts {
  private readonly drafts = new Map<string, Draft>();
  private readonly listeners = new Set<() => void>();

  of(applicationId: string): Draft {
    return this.drafts.get(applicationId) ?? {};
  }

  keep(applicationId: string, change: Draft): void {
    this.drafts.set(applicationId, { ...this.of(applicationId), ...change });
    for (const listener of this.listeners) listener();
  }

  /** The newest of all: what the sandbox's companion shows. */
  get latest(): Draft {
    return [...this.drafts.values()].at(-1) ?? {};
  }

  clear(): void {
    this.drafts.clear();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
