package import ArgumentParser
import Foundation
import Handfast
import HandfastTrust

/// What `serve` and `connect` have in common.
package struct ConnectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A certificate chain in PEM, best with the own certificate first. Repeat it, with --key, for several identities.",
      valueName: "file"))
  package var cert: [String] = []

  @Option(help: ArgumentHelp("The private key in PEM of the --cert in the same place.", valueName: "file"))
  package var key: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      A private key in PEM, shown by its public half alone to peers that want no certificate (RFC 7250), rather than a --cert. May \
      be repeated.
      """, valueName: "file"))
  package var rawKey: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      Public keys in PEM, as 'openssl pkey -pubout' writes them: a peer that shows one of them, without a certificate, is the \
      right one, whatever the name. May be repeated.
      """, valueName: "file"))
  package var peerKey: [String] = []

  @Option(
    help: ArgumentHelp(
      "The first line opens encrypted keys. Without it HANDFAST_PASSPHRASE does, or whoever sits at the terminal.",
      valueName: "file"))
  package var passphraseFile: String?

  @Option(help: ArgumentHelp("An application protocol (ALPN), best first. May be repeated.", valueName: "name"))
  package var alpn: [String] = []

  @Option(help: ArgumentHelp("A version of TLS, 1.3 or 1.2. May be repeated. Both, if absent.", valueName: "version"))
  package var version: [VersionsArgument] = []

  @Option(help: ArgumentHelp("A cipher suite, best first. May be repeated. All recommended ones, if absent."))
  package var suite: [SuiteArgument] = []

  @Option(help: ArgumentHelp("A key exchange group, best first. May be repeated. All recommended ones, if absent."))
  package var group: [GroupArgument] = []

  @Option(help: ArgumentHelp("Append the connections' secrets to this key log (RFC 9850).", valueName: "file"))
  package var keylog: String?

  @Option(
    help: ArgumentHelp(
      "What this side does and why: text, the story; json, the events as JSON Lines (docs/trace-format.md); or off."))
  package var trace = TraceFormat.off

  @Option(help: ArgumentHelp("Where the trace goes, over what is there; stderr, if absent.", valueName: "file"))
  package var traceFile: String?

  @Flag(help: "Speak RSA key transport as well. No forward secrecy; RFC 10015: MUST NOT. To learn from, only.")
  package var allowRsaKeyTransport = false

  @Option(
    help: ArgumentHelp(
      "Whether peers must have it (RFC 7627): required or preferred. Some old ones do not, wget among them.",
      valueName: "need"))
  package var extendedMasterSecret = RequirementArgument.required

  @Option(
    help: ArgumentHelp("The largest records to be sent here, in bytes of plaintext: 64 to 16385.", valueName: "bytes"))
  package var recordSizeLimit: Int?

  @Option(
    help: ArgumentHelp("Pad TLS 1.3's records of data to a multiple of so many bytes, up to 16384.", valueName: "bytes")
  )
  package var padding: Int?

  @Flag(help: "Change TLS 1.3's keys after the handshake, and ask the peer to.")
  package var updateKeys = false

  @Option(help: "Seconds that a handshake may take.")
  package var handshakeSeconds = Limits().handshakeSeconds

  @Option(help: "Say on stderr what was negotiated, or why not: text, or one JSON object a line.")
  package var summary = SummaryFormat.text

  @Flag(help: "The same as --summary json.")
  package var json = false

  package init() {}

  var summaryFormat: SummaryFormat { json ? .json : summary }

  package func validate() throws {
    guard cert.count == key.count else {
      throw ValidationError("--cert and --key go together: \(cert.count) of the one and \(key.count) of the other")
    }
    guard (64...16_385).contains(recordSizeLimit ?? 64) else {
      throw ValidationError("--record-size-limit takes 64 to 16385")
    }
    guard (1...16_384).contains(padding ?? 1) else { throw ValidationError("--padding takes 1 to 16384") }
    guard versions.contains(.tls13) || !(updateKeys || padding != nil) else {
      throw ValidationError(
        "\(updateKeys ? "--update-keys" : "--padding") is about TLS 1.3, which --version leaves out")
    }
    guard traceFile == nil || trace != .off else {
      throw ValidationError("--trace-file goes with --trace text or --trace json")
    }
    guard (1...86_400).contains(handshakeSeconds) else {
      throw ValidationError("--handshake-seconds takes 1 to 86400")
    }
  }

  var versions: [ProtocolVersion] { version.isEmpty ? .recommended : version.flatMap(\.versions) }

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

  func traceWriter() throws(CommandError) -> TraceWriter { try TraceWriter(trace, path: traceFile) }

  /// In the form that was asked for.
  func warn(_ text: String) { ConnectionReport(format: summaryFormat, side: .client).warned(text) }

  /// The key logs that --keylog and SSLKEYLOGFILE name; nil without either.
  func secretSink(
    _ environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(CommandError) -> (any SecretSink)? {
    var logs: [KeyLogFile] = []
    if let keylog { logs.append(try keyLog("--keylog", keylog)) }
    // RFC 9850 §1.1 gives the variable its name; set but empty means unset.
    if let path = environment["SSLKEYLOGFILE"], !path.isEmpty, path != keylog {
      logs.append(try keyLog("SSLKEYLOGFILE", path))
      warn("SSLKEYLOGFILE is set: whoever can read \(path) can read these connections")
    }
    return logs.isEmpty ? nil : KeyLogs(logs: logs)
  }

  private func keyLog(_ origin: String, _ path: String) throws(CommandError) -> KeyLogFile {
    do {
      return try KeyLogFile(path: path)
    } catch {
      throw CommandError("\(origin) \(error)", .cannotCreate)
    }
  }
}

/// Several key logs with the same lines.
struct KeyLogs: SecretSink {
  let logs: [KeyLogFile]

  func receive(_ secret: DisclosedSecret) {
    for log in logs { log.receive(secret) }
  }
}

func trust(in path: String?) throws(CommandError) -> Trust { try TrustStore(path).trust }

func text(of path: String) throws(CommandError) -> String { try InputFile(path, limit: 1 << 24).text }

func bytes(of path: String) throws(CommandError) -> [UInt8] { try InputFile(path, limit: 1 << 24).bytes }

package enum TraceFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case text
  case json
  case off
}

package enum RequirementArgument: String, ExpressibleByArgument, CaseIterable, Sendable {
  case required
  case preferred

  var requirement: Requirement { self == .required ? .required : .preferred }
}

package enum SummaryFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
  case text
  case json
}
