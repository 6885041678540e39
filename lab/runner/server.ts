import { Server, ServerCredentials, status, type sendUnaryData, type ServerUnaryCall } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Change } from "./diff";
import type { EngineLog } from "./engineLog";
import * as provider from "./provider";
import { withoutNulls, type Fields } from "./values";

/** As large as the engine's own limit; grpc's default of 4 MB is less than a large stdin. Unit: bytes. */
const LARGEST_MESSAGE = 400 * 1024 * 1024;

/** Serves the provider protocol on a free loopback port, which is returned. */
export async function serve(log: EngineLog, version: string): Promise<number> {
  const server = new Server({
    "grpc.max_receive_message_length": LARGEST_MESSAGE,
    "grpc.max_send_message_length": LARGEST_MESSAGE,
  });
  server.addService(ResourceProviderService, handlers(log, version));
  return new Promise((resolve, reject) => {
    const credentials = ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
}

const fieldsOf = (struct: Struct | undefined) => withoutNulls(struct?.toJavaScript() ?? {});
const structOf = (fields: Fields) => Struct.fromJavaScript(fields);
const failureOf = (reason: string) => new rpc.CheckFailure().setReason(reason);
/** `urn:pulumi:<stack>::<project>::<type of each parent>$<type>::<name>` */
const typeOf = (urn: string) => urn.split("::")[2]?.split("$").pop() ?? "";
const nameOf = (urn: string) => urn.split("::").slice(3).join("::");

function handlers(log: EngineLog, version: string) {
  const running = new Set<AbortController>();

  /** Runs one operation: its own end by time-out (unit: seconds; 0: none) or by Cancel, its lines out before its answer. */
  async function operate<T>(
    urn: string,
    timeout: number,
    work: (o: provider.Operation) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    running.add(controller);
    const late = () => controller.abort("context deadline exceeded");
    const timer = timeout > 0 ? setTimeout(late, timeout * 1000) : undefined;
    try {
      return await work({ log: log.for(urn), signal: controller.signal });
    } finally {
      clearTimeout(timer);
      running.delete(controller);
      await log.flushed();
    }
  }

  /** Answers a call by a promise; an error's text is all that the engine shows. */
  function answer<Q, A>(handle: (request: Q) => Promise<A> | A) {
    return (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>): void => {
      Promise.resolve()
        .then(() => handle(call.request))
        .then(
          (response) => callback(null, response),
          (error: Error) => callback({ code: status.UNKNOWN, details: error.message }),
        );
    };
  }

  /** As `answer`, for the calls by which the runner does the official plugin's work. */
  function work<Q, A>(handle: (request: Q) => Promise<A> | A) {
    return answer((request: Q) => {
      log.announce();
      return handle(request);
    });
  }

  // What is not listed here is answered "unimplemented", which the engine takes for what it is.
  return {
    getPluginInfo: answer(() => new PluginInfo().setVersion(version)),

    configure: answer(() => new rpc.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true)),

    cancel: answer(() => {
      for (const controller of running) controller.abort("context canceled");
      return new Empty();
    }),

    check: work((request: rpc.CheckRequest) => {
      const { inputs, problems } = provider.check(typeOf(request.getUrn()), fieldsOf(request.getNews()));
      return new rpc.CheckResponse().setInputs(structOf(inputs)).setFailuresList(problems.map(failureOf));
    }),

    diff: work((request: rpc.DiffRequest) => {
      const old = request.getOldInputs() ?? request.getOlds();
      const ignored = request.getIgnorechangesList();
      const changes = provider.diff(
        typeOf(request.getUrn()),
        fieldsOf(old),
        fieldsOf(request.getNews()),
        ignored,
      );
      const response = new rpc.DiffResponse().setHasdetaileddiff(true);
      const entries = Object.entries(changes);
      const { DIFF_NONE, DIFF_SOME } = rpc.DiffResponse.DiffChanges;
      response.setChanges(entries.length ? DIFF_SOME : DIFF_NONE);
      for (const [path, change] of entries) response.getDetaileddiffMap().set(path, propertyDiff(change));
      return response;
    }),

    create: work(async (request: rpc.CreateRequest) => {
      const urn = request.getUrn();
      const inputs = fieldsOf(request.getProperties());
      if (request.getPreview()) {
        return new rpc.CreateResponse().setProperties(structOf(provider.previewCreate(inputs)));
      }
      const { id, state } = await operate(urn, request.getTimeout(), (operation) =>
        provider.create(typeOf(urn), nameOf(urn), inputs, operation),
      );
      return new rpc.CreateResponse().setId(id).setProperties(structOf(state));
    }),

    read: work((request: rpc.ReadRequest) =>
      new rpc.ReadResponse()
        .setId(request.getId())
        .setProperties(request.getProperties())
        .setInputs(request.getInputs()),
    ),

    update: work(async (request: rpc.UpdateRequest) => {
      const urn = request.getUrn();
      const [olds, news] = [fieldsOf(request.getOlds()), fieldsOf(request.getNews())];
      const state = request.getPreview()
        ? provider.previewUpdate(typeOf(urn), olds, news)
        : await operate(urn, request.getTimeout(), (operation) =>
            provider.update(typeOf(urn), olds, news, operation),
          );
      return new rpc.UpdateResponse().setProperties(structOf(state));
    }),

    delete: work(async (request: rpc.DeleteRequest) => {
      const urn = request.getUrn();
      const state = fieldsOf(request.getProperties());
      await operate(urn, request.getTimeout(), (operation) => provider.remove(typeOf(urn), state, operation));
      return new Empty();
    }),

    invoke: work(async (request: rpc.InvokeRequest) => {
      const args = fieldsOf(request.getArgs());
      const result = await operate("", 0, (operation) => provider.invoke(request.getTok(), args, operation));
      return new rpc.InvokeResponse()
        .setReturn(structOf(result.outputs))
        .setFailuresList(result.problems.map(failureOf));
    }),
  };
}

function propertyDiff({ kind, replace }: Change): rpc.PropertyDiff {
  const { Kind } = rpc.PropertyDiff;
  const kinds = {
    add: [Kind.ADD, Kind.ADD_REPLACE],
    delete: [Kind.DELETE, Kind.DELETE_REPLACE],
    update: [Kind.UPDATE, Kind.UPDATE_REPLACE],
  } as const;
  return new rpc.PropertyDiff().setKind(kinds[kind][replace ? 1 : 0]);
}
