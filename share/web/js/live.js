// SPDX-License-Identifier: Apache-2.0
// News from the server: a stream of events, and a look every 10 s where streams do not come through.

const SILENCE_MS = 35000; // the server's heart beats every 10 s
const POLL_MS = 10000;

/** onState('live' | 'polling' | 'lost'), onSnapshot(id), poll() resolves to the current snapshot's id. hasStream: whether the
    server has one. */
export function followLive({ hasStream, onState, onSnapshot, onNow, poll }) {
  let stream = null;
  let heard = Date.now();

  const open = () => {
    stream = new EventSource('/v1/live');
    const hear = (handler) => (event) => {
      heard = Date.now();
      onState('live');
      try {
        handler(JSON.parse(event.data));
      } catch {
        // An event of another version says nothing to this page.
      }
    };
    // What was published while no stream was open was not told: the greeting names the current snapshot.
    stream.addEventListener(
      'hello',
      hear((data) => {
        onNow(data.now);
        onSnapshot(data.snapshot?.id);
      }),
    );
    stream.addEventListener(
      'snapshot',
      hear((data) => onSnapshot(data.id)),
    );
    stream.addEventListener(
      'heartbeat',
      hear((data) => onNow(data.now)),
    );
    stream.addEventListener('error', () => {
      if (stream.readyState === EventSource.CLOSED) heard = 0;
    });
  };

  const look = async () => {
    if (stream?.readyState === EventSource.OPEN && Date.now() - heard < SILENCE_MS) return;
    try {
      onSnapshot(await poll());
      onState('polling');
    } catch {
      onState('lost');
    }
    const isDead = stream?.readyState === EventSource.CLOSED || Date.now() - heard > 2 * SILENCE_MS;
    if (hasStream && isDead) {
      stream.close();
      open();
    }
  };

  if (hasStream) open();
  else look();
  setInterval(look, POLL_MS);
}
