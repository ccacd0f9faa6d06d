import Handfast
import HandfastTrust

/// Whom to trust, and where that is written.
struct TrustStore: Sendable {
  let trust: Trust
  /// A file's path.
  let path: String
  let isSystem: Bool

  /// The roots in a PEM file; the system's without one.
  init(_ path: String?) throws(CommandError) {
    let pem = try path.map { path throws(CommandError) in try text(of: path) }
    do {
      trust = if let pem { try Trust(rootsPEM: pem) } else { try Trust.system() }
    } catch {
      throw CommandError("\(path.map { "\($0): " } ?? "")\(error)", .badInput)
    }
    self.path = path ?? Trust.systemStorePath ?? "the system"
    isSystem = path == nil
  }
}

/// Whom to trust altogether: by certificates, by the keys of --peer-key, or by either.
struct TrustedPeers: Sendable {
  let trust: any PeerTrust
  /// Nil: peers with certificates are not trusted.
  private let store: TrustStore?
  private let keyPaths: [String]

  /// - Parameter informed: The roots' trust with what is known of revocations.
  init(
    _ store: TrustStore?, keys paths: [String], informed: (Trust) throws(CommandError) -> Trust
  ) throws(CommandError) {
    (self.store, keyPaths) = (store, paths)
    let roots = try store.map { store throws(CommandError) in try informed(store.trust) }
    if paths.isEmpty, let roots {
      trust = roots
      return
    }
    var all = ""
    for path in paths { all += try Self.checked(path) + "\n" }
    trust = try Self.pinned(all, otherwise: roots, paths.joined(separator: ", "))
  }

  /// What is wrong with a file is said of that file.
  private static func checked(_ path: String) throws(CommandError) -> String {
    let pem = try text(of: path)
    _ = try pinned(pem, path)
    return pem
  }

  private static func pinned(
    _ pem: String, otherwise roots: Trust? = nil, _ origin: String
  ) throws(CommandError) -> PinnedKeys {
    do { return try PinnedKeys(publicKeysPEM: pem, otherwise: roots) } catch {
      throw CommandError("\(origin): \(error)", .badInput)
    }
  }

  /// Where it is written that a peer is the right one, of which this is what it was recognised by.
  func place(of anchor: CertificateDescription) -> (path: String, isSystem: Bool) {
    guard !anchor.isRawPublicKey, let store else { return (keyPaths.joined(separator: ", "), false) }
    return (store.path, store.isSystem)
  }
}
