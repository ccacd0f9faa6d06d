import Foundation
import Handfast
import HandfastTrust

/// Reads the files of --cert, --key and --raw-key. What is odd but usable gets a warning; what is not gets one line that names the file.
struct IdentityFiles {
  let pairs: [(cert: String, key: String)]
  let rawKeys: [String]
  let passphrases: Passphrases

  init(certs: [String], keys: [String], rawKeys: [String] = [], passphrases: Passphrases) {
    pairs = Array(zip(certs, keys))
    (self.rawKeys, self.passphrases) = (rawKeys, passphrases)
  }

  init(_ options: ConnectionOptions) {
    self.init(
      certs: options.cert, keys: options.key, rawKeys: options.rawKey,
      passphrases: Passphrases(file: options.passphraseFile))
  }

  /// With what is stapled to the certificates. Bare keys come first: who does not want them gets a certificate.
  func readAll(_ revocation: RevocationOptions, warn: (String) -> Void) throws(CommandError) -> [Identity] {
    var identities: [Identity] = []
    for path in rawKeys { identities.append(try readRawKey(path)) }
    return identities + (try revocation.staple(to: try read(warn: warn)))
  }

  private func readRawKey(_ path: String) throws(CommandError) -> Identity {
    let pem = try text(of: path)
    return try opened(path) { passphrase throws(IdentityError) in
      try .rawPublicKey(privateKeyPEM: pem, passphrase: passphrase)
    } blaming: { _ in
      path
    }
  }

  func read(warn: (String) -> Void = { complain("warning: \($0)") }) throws(CommandError) -> [Identity] {
    var identities: [Identity] = []
    for (cert, key) in pairs { identities.append(try read(cert, key, warn)) }
    return identities
  }

  private func read(_ cert: String, _ key: String, _ warn: (String) -> Void) throws(CommandError) -> Identity {
    let (chainPEM, keyPEM) = (try text(of: cert), try text(of: key))
    let chain: ArrangedChain
    do {
      chain = try ArrangedChain(certificateChainPEM: chainPEM)
    } catch {
      throw CommandError("\(cert): \(error)", .badInput)
    }
    for warning in chain.warnings { warn("\(cert): \(warning)") }
    let identity = try open(chain, keyPEM, cert, key)
    for warning in identity.datesOutOfOrder() + identity.frailties() { warn("\(cert): \(warning)") }
    return identity
  }

  private func open(
    _ chain: ArrangedChain, _ keyPEM: String, _ cert: String, _ key: String
  ) throws(CommandError) -> Identity {
    try opened(key) { passphrase throws(IdentityError) in
      try Identity(chain, privateKeyPEM: keyPEM, passphrase: passphrase)
    } blaming: {
      $0.blames(key: key, cert: cert)
    }
  }

  /// With the passphrase of `key`, should it need one.
  private func opened(
    _ key: String, _ identity: ([UInt8]?) throws(IdentityError) -> Identity, blaming: (IdentityError) -> String
  ) throws(CommandError) -> Identity {
    var passphrase: [UInt8]?
    var attempts = 0
    while true {
      do throws(IdentityError) {
        return try identity(passphrase)
      } catch .encryptedPrivateKey {
        passphrase = try passphrases.first(for: key)
      } catch .wrongPassphrase where attempts < 2 && passphrases.isAsking {
        attempts += 1
        complain("That passphrase does not open \(key).")
        passphrase = try passphrases.first(for: key)
      } catch {
        throw CommandError("\(blaming(error)): \(error)", .badInput)
      }
    }
  }
}

extension IdentityError {
  /// The file that is wrong; both where it takes two to disagree.
  fileprivate func blames(key: String, cert: String) -> String {
    switch self {
    case .noPrivateKey, .severalPrivateKeys, .encryptedPrivateKey, .wrongPassphrase, .unsupportedEncryption,
      .legacyEncryptedPrivateKey, .unsupportedPrivateKey, .pemTooLarge, .malformedPEM:
      key
    case .noCertificate, .tooManyCertificates, .unreadableCertificate, .chainOutOfOrder, .unsupportedCertificateKey:
      cert
    case .keyDoesNotBelongToCertificate: key == cert ? key : "\(key), for \(cert)"
    @unknown default: "\(cert), \(key)"
    }
  }
}

/// Where passphrases come from: a file, the environment, or the terminal.
struct Passphrases {
  private let file: String?
  private let environment: [String: String]

  init(file: String?, environment: [String: String] = ProcessInfo.processInfo.environment) {
    self.file = file
    self.environment = environment
  }

  /// Whether someone at the terminal can try again.
  var isAsking: Bool { file == nil && environment["HANDFAST_PASSPHRASE"] == nil }

  func first(for key: String) throws(CommandError) -> [UInt8] {
    if let file {
      let line = try text(of: file).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).first ?? ""
      guard !line.isEmpty else { throw CommandError("\(file): the first line holds no passphrase", .badInput) }
      return Array(line.utf8)
    }
    if let passphrase = environment["HANDFAST_PASSPHRASE"] { return Array(passphrase.utf8) }
    guard let passphrase = try HiddenPrompt.ask("Passphrase for \(key): ") else {
      throw CommandError(
        "\(key): the private key is encrypted, and there is no terminal to ask for the passphrase; "
          + "pass --passphrase-file or set HANDFAST_PASSPHRASE", .badInput)
    }
    return Array(passphrase.utf8)
  }
}

/// Asks at the terminal, whatever standard input is.
enum HiddenPrompt {
  /// Nil without a terminal. Ctrl-C ends the line here: as a signal it would leave a terminal that shows nothing.
  static func ask(_ question: String) throws(CommandError) -> String? {
    guard let terminal = FileHandle(forUpdatingAtPath: "/dev/tty"), let saved = stty(["-g"], terminal),
      stty(["-echo", "-isig", "eol", "^C"], terminal) != nil
    else { return nil }
    defer {
      _ = stty([saved], terminal)
      try? terminal.write(contentsOf: Data("\n".utf8))
    }
    try? terminal.write(contentsOf: Data(question.utf8))
    var line: [UInt8] = []
    while let byte = try? terminal.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n"), line.count < 1024 {
      guard byte != Self.interrupt else { throw CommandError("stopped at the passphrase", .interrupted) }
      line.append(byte)
    }
    return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
  }

  private static let interrupt: UInt8 = 0x03

  /// What the program says, since the system's own interface takes a pointer; nil when it fails.
  private static func stty(_ settings: [String], _ terminal: FileHandle) -> String? {
    let stty = Process()
    stty.executableURL = URL(filePath: "/usr/bin/env")
    stty.arguments = ["stty"] + settings
    stty.standardInput = terminal
    let pipe = Pipe()
    stty.standardOutput = pipe
    stty.standardError = FileHandle.nullDevice
    guard (try? stty.run()) != nil else { return nil }
    let answer = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
    stty.waitUntilExit()
    guard stty.terminationStatus == 0 else { return nil }
    return String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
