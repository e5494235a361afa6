// Passes requests on to a gateway, with the headers that tell it where to pass them on to.
//   node forward.mjs PORT GATEWAY TARGET
import http from 'node:http';

const [port, gateway, target] = process.argv.slice(2);
http
  .createServer((request, response) => {
    const headers = {
      ...request.headers,
      'x-portkey-provider': 'openai',
      'x-portkey-custom-host': target,
    };
    const forwarded = http.request(
      gateway + request.url,
      { method: request.method, headers },
      (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
      },
    );
    forwarded.on('error', () => response.writeHead(502).end());
    request.pipe(forwarded);
  })
  .listen(Number(port), '127.0.0.1');
