// The service's OpenAPI document as a judge of its answers.
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const escape = (text) => text.replaceAll('~', '~0').replaceAll('/', '~1');

// Clients may meet keys that they don't know, but the document must know them all.
const close = (schema) => {
  if (schema.properties && schema.additionalProperties === undefined) schema.additionalProperties = false;
};

export class Contract {
  #document;
  #ajv = addFormats(new Ajv({ strict: false, validateFormats: true }));

  static async of(baseURL) {
    const response = await fetch(new URL('/openapi.json', baseURL));
    return new Contract(await response.json());
  }

  constructor(document) {
    this.#document = document;
    Object.values(document.components.schemas).forEach(close);
    this.#ajv.addSchema(document, 'openapi', undefined, false);
  }

  // Throws when an answer is none that the document tells of.
  async check(url, method, response) {
    const path = new URL(url).pathname.replace(/^\/api\/llm/, '').replace(/^(\/v1)?\/+/, '/v1/');
    const template = Object.keys(this.#document.paths).find((each) =>
      new RegExp(`^${each.replaceAll(/\{[^}]*\}/g, '[^/]+')}$`).test(path),
    );
    const what = `${method} ${path}: ${response.status}`;
    const operation = this.#document.paths[template]?.[method.toLowerCase()];
    if (!operation) throw new Error(`${what}: no operation of the OpenAPI document`);
    const answer = operation.responses[response.status];
    if (!answer) throw new Error(`${what}: no answer of the OpenAPI document`);
    const [type] = (response.headers.get('content-type') ?? '').split(';');
    if (answer.content && !answer.content[type]) throw new Error(`${what}: ${type} is not in the OpenAPI document`);
    if (type !== 'application/json') return;
    const place = ['paths', template, method.toLowerCase(), 'responses', `${response.status}`, 'content', type, 'schema'];
    const validate = this.#ajv.getSchema(`openapi#/${place.map(escape).map(encodeURIComponent).join('/')}`);
    if (!validate(await response.clone().json())) {
      throw new Error(`${what}: ${this.#ajv.errorsText(validate.errors)}`);
    }
  }
}
