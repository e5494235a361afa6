// A shared worker: one stream of the server's events for all tabs of a browser.
const ports = new Set();
let stream = null;

const tell = (what) => ports.forEach((port) => port.postMessage(what));

function open() {
  // A stream that the server has refused stays closed, as after a sign-out.
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  stream = new EventSource("/api/events");
  stream.onopen = () => tell("open");
  stream.onerror = () => tell("error");
  for (const kind of ["message", "scores", "emails", "pipeline"]) {
    stream.addEventListener(kind, () => tell("event"));
  }
}

function close() {
  if (ports.size > 0) return;
  stream?.close();
  stream = null;
}

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data === "listen") {
      ports.add(port);
      open();
      port.postMessage(stream.readyState === EventSource.OPEN ? "open" : "error");
    } else if (data === "close") {
      ports.delete(port);
      close();
    }
  };
};
