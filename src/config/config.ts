import type { ConfigTree } from "./schema.ts";

/**
 * The configuration as the program uses it: every value present and checked, its unit at the end
 * of the name. A size in bytes, a duration in milliseconds or seconds, as MQTT counts it.
 */
export type Config = {
  readonly [Section in keyof Settings]: Readonly<Settings[Section]>;
};

type Settings = ReturnType<typeof toConfig>;

/** The one place where keys of the file become properties of the program. */
export function toConfig(tree: ConfigTree) {
  return {
    server: serverSettings(tree.server),
    broker: brokerSettings(tree.broker),
    session: sessionSettings(tree.session),
    auth: {
      /** Undefined: allowed, since every listener is on a loopback address. */
      allowAnonymous: tree.auth.allow_anonymous,
    },
    admin: {
      enabled: tree.admin.enabled,
      /** Undefined: the first password is a random one. */
      passwordFile: tree.admin.password_file,
      topicStatistics: tree.admin.topic_statistics,
    },
    storage: {
      type: tree.storage.type,
      sync: tree.storage.sync,
      syncIntervalMs: tree.storage.sync_interval,
      /** Directory of the database. */
      leveldbDir: tree.storage.leveldb.dir,
      /** Of tables; 0: only what leads to their data is checked. */
      leveldbCheckOnStartBytes: tree.storage.leveldb.check_on_start,
    },
    log: { level: tree.log.level, format: tree.log.format },
  };
}

function serverSettings(keys: ConfigTree["server"]) {
  return {
    tcpAddr: keys.tcp_addr,
    tcpEnabled: keys.tcp_enabled,
    tcpMaxConnections: keys.tcp_max_connections,
    tcpReadTimeoutMs: keys.tcp_read_timeout,
    tcpWriteTimeoutMs: keys.tcp_write_timeout,
    wsAddr: keys.ws_addr,
    wsPath: keys.ws_path,
    wsEnabled: keys.ws_enabled,
    wsMaxFrameSizeBytes: keys.ws_max_frame_size,
    httpAddr: keys.http_addr,
    httpEnabled: keys.http_enabled,
    healthAddr: keys.health_addr ?? keys.http_addr,
    healthEnabled: keys.health_enabled,
    shutdownTimeoutMs: keys.shutdown_timeout,
    closeLingerMs: keys.close_linger,
  };
}

function brokerSettings(keys: ConfigTree["broker"]) {
  return {
    /** Of the payload of a PUBLISH. */
    maxMessageSizeBytes: keys.max_message_size,
    maxRetainedMessages: keys.max_retained_messages,
    /** 0: off. */
    maxKeepAliveSeconds: keys.max_keep_alive,
    receiveMaximum: keys.receive_maximum,
    topicAliasMaximum: keys.topic_alias_maximum,
    maximumQos: keys.maximum_qos,
    retainAvailable: keys.retain_available,
    /** Protocol levels, ascending. */
    protocolVersions: keys.protocol_versions,
    v3RefusedPublish: keys.v3_refused_publish,
    /** 0: off. */
    retryIntervalMs: keys.retry_interval,
    /** 0: without end. */
    maxRetries: keys.max_retries,
    /** 0: off. */
    sysIntervalMs: keys.sys_interval,
    slowReceiverGraceMs: keys.slow_receiver_grace,
    outputHighWaterBytes: keys.output_high_water,
    outputLowWaterBytes: keys.output_low_water,
    outputMaxBytes: keys.output_max,
  };
}

function sessionSettings(keys: ConfigTree["session"]) {
  return {
    maxSessions: keys.max_sessions,
    /** 0xFFFFFFFF: never. Not above `maxExpiryIntervalSeconds`. */
    defaultExpiryIntervalSeconds: Math.min(keys.default_expiry_interval, keys.max_expiry_interval),
    /** 0xFFFFFFFF: no cap. */
    maxExpiryIntervalSeconds: keys.max_expiry_interval,
    maxOfflineQueueSize: keys.max_offline_queue_size,
    maxOfflineQueueBytes: keys.max_offline_queue_bytes,
    maxInflightMessages: keys.max_inflight_messages,
    maxSubscriptions: keys.max_subscriptions,
  };
}
