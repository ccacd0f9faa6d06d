package import ArgumentParser
import Foundation
package import Handfast
import HandfastTrust

/// What `serve` and `connect` have in common.
package struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A certificate chain in PEM, the own certificate first. Repeat it, with --key, for several identities.",
      valueName: "file"))
  package var cert: [String] = []

  @Option(help: ArgumentHelp("The private key in PEM of the --cert in the same place.", valueName: "file"))
  package var key: [String] = []

  @Option(help: ArgumentHelp("An application protocol (ALPN), best first. May be repeated.", valueName: "name"))
  package var alpn: [String] = []

  @Option(help: ArgumentHelp("A cipher suite, best first. May be repeated. All recommended ones, if absent."))
  package var suite: [SuiteArgument] = []

  @Option(help: ArgumentHelp("A key exchange group, best first. May be repeated. All recommended ones, if absent."))
  package var group: [GroupArgument] = []

  @Option(help: ArgumentHelp("Append the connections' secrets to this key log (RFC 9850).", valueName: "file"))
  package var keylog: String?

  @Flag(help: "Speak RSA key transport as well. No forward secrecy; RFC 10015: MUST NOT. To learn from, only.")
  package var allowRsaKeyTransport = false

  @Option(help: "Seconds that a handshake may take.")
  package var handshakeSeconds = Limits().handshakeSeconds

  @Option(help: "Say on stderr what was negotiated, or why not: text, or one JSON object a line.")
  package var summary = SummaryFormat.text

  package init() {}

  package func validate() throws {
    guard cert.count == key.count else {
      throw ValidationError("--cert and --key go together: \(cert.count) of the one and \(key.count) of the other")
    }
    guard (1...86_400).contains(handshakeSeconds) else {
      throw ValidationError("--handshake-seconds takes 1 to 86400")
    }
  }

  func identities() throws(CommandError) -> [Identity] {
    var identities: [Identity] = []
    for (cert, key) in zip(cert, key) {
      let (chainPEM, keyPEM) = (try text(of: cert), try text(of: key))
      do {
        identities.append(try Identity(certificateChainPEM: chainPEM, privateKeyPEM: keyPEM))
      } catch {
        throw CommandError("\(cert), \(key): \(error)", .badInput)
      }
    }
    return identities
  }

  /// Without suites by name, the recommended ones; RSA key transport comes last.
  var cipherSuites: [CipherSuite] {
    guard suite.isEmpty else { return suite.map(\.suite) }
    return .recommended + (allowRsaKeyTransport ? .rsaKeyTransport : [])
  }

  var groups: [NamedGroup] { group.isEmpty ? .recommended : group.map(\.group) }

  var rsaKeyTransport: RSAKeyTransport { allowRsaKeyTransport ? .allowedAgainstRFC10015 : .forbidden }

  var limits: Limits {
    var limits = Limits()
    limits.handshakeSeconds = handshakeSeconds
    return limits
  }

  func secretSink() throws(CommandError) -> KeyLogFile? {
    guard let keylog else { return nil }
    do {
      return try KeyLogFile(path: keylog)
    } catch {
      throw CommandError("--keylog \(error)", .cannotCreate)
    }
  }
}

/// The roots in a PEM file; the system's without one.
func trust(in path: String?) throws(CommandError) -> Trust {
  let pem = try path.map { path throws(CommandError) in try text(of: path) }
  do {
    return if let pem { try Trust(rootsPEM: pem) } else { try Trust.system() }
  } catch {
    throw CommandError("\(path.map { "\($0): " } ?? "")\(error)", .badInput)
  }
}

private func text(of path: String) throws(CommandError) -> String {
  do {
    return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  } catch {
    let reason =
      switch (error as? CocoaError)?.code {
      case .fileReadNoSuchFile: "no such file"
      case .fileReadNoPermission: "not permitted"
      default: "cannot be read"
      }
    throw CommandError("\(path): \(reason)", .noInput)
  }
}

package enum SummaryFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case text
  case json
}

/// A cipher suite by its registered name, with or without the "TLS_".
package struct SuiteArgument: ExpressibleByArgument, Sendable {
  package let suite: CipherSuite

  package init?(argument: String) {
    let name = argument.uppercased()
    let known: [CipherSuite] = .recommended + .rsaKeyTransport
    guard let suite = known.first(where: { $0.name == name || $0.name == "TLS_" + name }) else { return nil }
    self.suite = suite
  }

  package var defaultValueDescription: String { suite.description }
  package static var allValueStrings: [String] { ([CipherSuite].recommended + .rsaKeyTransport).compactMap(\.name) }
}

/// A group by its registered name, or by NIST's for its curves.
package struct GroupArgument: ExpressibleByArgument, Sendable {
  package let group: NamedGroup

  package init?(argument: String) {
    switch argument.lowercased() {
    case "x25519": group = .x25519
    case "secp256r1", "p-256", "p256": group = .secp256r1
    case "secp384r1", "p-384", "p384": group = .secp384r1
    case "secp521r1", "p-521", "p521": group = .secp521r1
    default: return nil
    }
  }

  package var defaultValueDescription: String { group.description }
  package static var allValueStrings: [String] { ["x25519", "P-256", "P-384", "P-521"] }
}
