import type { NestExpressApplication } from '@nestjs/platform-express';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { LIMITS } from '@xuejian/protocol';
import helmet from 'helmet';
import { CONFIG, type Config } from './config/config.js';
import { SocketAdapter } from './realtime/socket.adapter.js';

/**
 * What surrounds the modules in the API process: limits, headers, sockets, the OpenAPI page. For `main.ts` and for tests.
 * The application has to be created with `bodyParser: false`.
 */
export function configureApi(app: NestExpressApplication): NestExpressApplication {
  const config = app.get<Config>(CONFIG);
  app.use(securityHeaders());
  app.useBodyParser('json', { limit: LIMITS.jsonBodyBytes });
  // One byte more than allowed comes through, so that the controller can say what is wrong with the picture.
  app.useBodyParser('raw', { type: 'image/*', limit: LIMITS.imageBytes + 1 });
  app.useWebSocketAdapter(new SocketAdapter(app, config));
  describeApi(app, config);
  return app;
}

/** The demo lesson page needs its own scripts, sockets, camera and blobs of pictures and video; nothing comes from elsewhere. */
function securityHeaders() {
  const permissions = 'camera=(self), microphone=(), geolocation=(), payment=(), usb=()';
  const protect = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'self'"],
        'script-src': ["'self'"],
        'style-src': ["'self'", "'unsafe-inline'"],
        'img-src': ["'self'", 'blob:', 'data:'],
        'media-src': ["'self'", 'blob:', 'data:'],
        'connect-src': ["'self'", 'ws:', 'wss:'],
        'object-src': ["'none'"],
        'base-uri': ["'none'"],
        'form-action': ["'self'"],
        'frame-ancestors': ["'self'"],
      },
    },
    // The SDK file is embedded by platforms on other origins.
    crossOriginResourcePolicy: { policy: 'cross-origin' },
    referrerPolicy: { policy: 'no-referrer' },
  });
  return (...[request, response, next]: Parameters<typeof protect>): void => {
    response.setHeader('Permissions-Policy', permissions);
    protect(request, response, next);
  };
}

function describeApi(app: NestExpressApplication, { publicUrl }: Config): void {
  const document = new DocumentBuilder()
    .setTitle('学监 Xuejian')
    .setDescription('线上培训学习过程监管：六项规则由服务器判定，事后可验证。 / Surveillance of online training: six rules, judged on the server, provable afterwards.')
    .setVersion('1')
    .addServer(publicUrl)
    .addBearerAuth()
    .build();
  SwaggerModule.setup('api', app, () => SwaggerModule.createDocument(app, document), { customSiteTitle: '学监 Xuejian API' });
}
