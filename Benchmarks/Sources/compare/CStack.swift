import CBoringPair
import CGnuTLSPair
import COpenSSLPair
import CPair

/// A stack that a C driver measures.
struct CStack: Stack {
  let name: String
  private let functions: UnsafePointer<pair_stack>

  static var boringSSL: CStack { CStack(name: "BoringSSL", functions: boring_pair_stack()!) }
  static var openSSL: CStack { CStack(name: "OpenSSL", functions: openssl_pair_stack()!) }
  /// Nil where its headers are not.
  static var gnuTLS: CStack? { gnutls_pair_stack().map { CStack(name: "GnuTLS", functions: $0) } }

  var version: String { String(cString: functions.pointee.version()!) }

  func pair(for scenario: Scenario, with credentials: Credentials) throws -> (any Pair)? {
    // Its clients of TLS 1.2 send no certificate with such a key.
    if name == "GnuTLS", scenario.version == .tls12, scenario.isMutual, scenario.keyKind == .ed25519 { return nil }
    var settings = pair_settings()
    settings.version = scenario.version == .tls12 ? 0x0303 : 0x0304
    settings.is_mutual = scenario.isMutual ? 1 : 0
    settings.is_resumed = scenario.work == .resumed ? 1 : 0
    let handle = withCStrings([
      scenario.groups.map(\.rawValue).joined(separator: ":"), scenario.opensslCipher, credentials.rootPEM,
      credentials.client.chainPEM, credentials.client.keyPEM, credentials.server.chainPEM, credentials.server.keyPEM,
    ]) { strings in
      settings.group = strings[0]
      settings.cipher = strings[1]
      settings.root_pem = strings[2]
      (settings.client_chain_pem, settings.client_key_pem) = (strings[3], strings[4])
      (settings.server_chain_pem, settings.server_key_pem) = (strings[5], strings[6])
      return functions.pointee.open(&settings)
    }
    return handle.map { CPairHandle(handle: $0, functions: functions) }
  }
}

private final class CPairHandle: Pair {
  private let handle: UnsafeMutableRawPointer
  private let functions: UnsafePointer<pair_stack>

  init(handle: UnsafeMutableRawPointer, functions: UnsafePointer<pair_stack>) {
    (self.handle, self.functions) = (handle, functions)
  }

  deinit { functions.pointee.close(handle) }

  func handshake(_ cost: inout Cost) throws {
    try add(&cost) { functions.pointee.handshake(handle, &$0) }
  }

  func transfer(size: Int, count: Int, _ cost: inout Cost) throws {
    try add(&cost) { functions.pointee.transfer(handle, size, count, &$0) }
  }

  private func add(_ cost: inout Cost, _ body: (inout pair_cost) -> Int32) throws {
    var spent = pair_cost()
    guard body(&spent) == 1 else { throw Failed(what: String(cString: functions.pointee.version()!)) }
    cost.client += spent.client
    cost.server += spent.server
  }
}

/// The AEAD of BoringSSL and nothing else.
struct BareAEAD: Stack {
  let name = "bare AEAD"

  func pair(for scenario: Scenario, with credentials: Credentials) -> (any Pair)? {
    scenario.isBulk ? Bare(algorithm: Int32(Scenario.Cipher.allCases.firstIndex(of: scenario.cipher)!)) : nil
  }

  private final class Bare: Pair {
    let algorithm: Int32
    init(algorithm: Int32) { self.algorithm = algorithm }

    func handshake(_ cost: inout Cost) throws { throw Failed(what: "no handshake") }

    func transfer(size: Int, count: Int, _ cost: inout Cost) throws {
      var spent = pair_cost()
      guard boring_bare_aead(algorithm, size, count, &spent) == 1 else { throw Failed(what: "bare AEAD") }
      cost.client += spent.client
      cost.server += spent.server
    }
  }
}

extension Scenario {
  /// Of TLS 1.2, as OpenSSL's family names it. Ed25519 goes with the ECDSA suites (RFC 8422 §5.10).
  var opensslCipher: String {
    let key = keyKind == .rsa2048 ? "RSA" : "ECDSA"
    switch cipher {
    case .aes128: return "ECDHE-\(key)-AES128-GCM-SHA256"
    case .aes256: return "ECDHE-\(key)-AES256-GCM-SHA384"
    case .chacha: return "ECDHE-\(key)-CHACHA20-POLY1305"
    }
  }
}

private func withCStrings<R>(_ strings: [String], _ body: ([UnsafePointer<CChar>]) -> R) -> R {
  func next(_ index: Int, _ pointers: [UnsafePointer<CChar>]) -> R {
    index == strings.count
      ? body(pointers) : strings[index].withCString { next(index + 1, pointers + [$0]) }
  }
  return next(0, [])
}
