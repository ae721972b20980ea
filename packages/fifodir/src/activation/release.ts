/** What is to be undone, noted as it is done: the last first. Node 20 has no DisposableStack. */
export class Release {
  readonly #acts: (() => void)[] = []

  add(act: () => void): void {
    this.#acts.push(act)
  }

  /** Undoes everything, also where something of it fails; idempotent. */
  run(): void {
    const act = this.#acts.pop()
    if (act === undefined) return
    try {
      act()
    } finally {
      this.run()
    }
  }
}
