/** Whether the homeserver brings us events: asked by sending one of our own and waiting for it. `matrix/gaps` implements it. */
export interface Pushing {
  /**
   * `moves`: an event of ours came back on the archive stream. `still`: the homeserver took it and did not bring it within
   * 30 s. `homeserver-down`: it could not be sent. Calls at the same time share one event.
   */
  probe(): Promise<'moves' | 'still' | 'homeserver-down'>;
}
