package import HandfastWire
private import Synchronization

/// What a session is bound to besides names and protocols: whom this side trusted when it began, whether clients had to
/// authenticate, and who this side was. A session whose scope is not the present one is not resumed: the peer that it vouches for
/// might not pass today's checks, or passed those of a neighbour that shares the ticket keys.
package enum SessionScope {
  package static let byteCount = 32

  /// A server's scope, from its configuration and the id, if any, that the application gives to its trust configuration and
  /// identities. SHA-256 over
  ///
  ///     "handfast server scope 1"
  ///     policy       0 none, 1 optional, 2 required
  ///     application  the id; or, without one:
  ///     trust        the trust's own scope, empty when clients are not asked
  ///     identities   each chain's leaf by its fingerprint
  ///
  /// Nil: this cannot be computed, and without an id nothing is resumed. That is so with a trust of the application's that has no
  /// scope of its own, and where the application is asked for the identity.
  fileprivate static func server(
    _ configuration: ServerConfiguration, applicationID: [UInt8]?, trustScope: [UInt8], provider: any CryptoProvider
  ) -> [UInt8]? {
    let policy: UInt8 =
      switch configuration.clientAuthentication {
      case .none: 0
      case .optional: 1
      case .required: 2
      }
    if let applicationID {
      return digest("handfast server scope 1", provider) { writer in
        writer.u8(policy)
        writer.u8(1)
        writer.opaque(.two, applicationID)
      }
    }
    guard case .these(let identities) = configuration.identities else { return nil }
    return digest("handfast server scope 1", provider) { writer in
      writer.u8(policy)
      writer.u8(0)
      writer.opaque(.two, trustScope)
      writer.nested(.three) { writer in
        for identity in identities { writer.opaque(.one, identity.fingerprint) }
      }
    }
  }

  /// SHA-256 over a label and what `body` writes; nil when a part does not fit its length.
  package static func digest(
    _ label: StaticString, _ provider: any CryptoProvider, _ body: (inout WireWriter) -> Void
  ) -> [UInt8]? {
    var writer = WireWriter(capacity: 512)
    writer.opaque(.one, Array("\(label)".utf8))
    body(&writer)
    guard !writer.overflow else { return nil }
    let hash = provider.runningHash(.sha256)
    hash.update(writer.bytes.span)
    return hash.digest()
  }
}

/// A server's scope at any moment. Nothing of it changes but the trust's own scope, and that seldom, when certificates are revoked: only
/// then is the digest made again.
package final class CurrentServerScope: Sendable {
  private let configuration: ServerConfiguration
  private let provider: any CryptoProvider
  private let latest = Mutex<(trustScope: [UInt8], scope: [UInt8]?)?>(nil)

  package init(_ configuration: ServerConfiguration, _ provider: any CryptoProvider) {
    (self.configuration, self.provider) = (configuration, provider)
  }

  /// Nil: nothing can be resumed.
  package var value: [UInt8]? {
    let applicationID = configuration.sessionScope
    let trust = applicationID == nil ? configuration.clientAuthentication.trust : nil
    guard let trustScope = trust == nil ? [] : trust?.sessionScope else { return nil }
    return latest.withLock { latest in
      if let latest, latest.trustScope == trustScope { return latest.scope }
      let scope = SessionScope.server(
        configuration, applicationID: applicationID, trustScope: trustScope, provider: provider)
      latest = (trustScope, scope)
      return scope
    }
  }
}
