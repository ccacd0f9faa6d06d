import Foundation
import Handfast
import HandfastCore
import HandfastCrypto

/// Tickets, what is in them, and the files with their keys.
enum Tickets {
  static func readSession(_ bytes: [UInt8]) throws {
    guard let session = try? ServerSession(decoding: bytes.span) else { return }
    try check(session)
  }

  private static func check(_ session: ServerSession) throws {
    guard let encoded = session.encoded() else { throw Violation("a session decodes and does not encode") }
    guard let again = try? ServerSession(decoding: encoded.span) else {
      throw Violation("a session does not decode what it encoded")
    }
    try require(again.encoded() == encoded, "a session encodes differently the second time")
  }

  /// Anything at all in a ticket, sealed with the right key, and then perhaps changed.
  static func open(_ input: [UInt8], provider: (any CryptoProvider)? = nil) throws {
    var choices = Choices(input)
    let edits = Edits(&choices, count: Int(choices.byte() % 3))
    let forged = try TicketForge.seal(choices.remaining(), provider: provider)
    let ticket = edits.apply(to: forged)
    let sealer = TicketSealer(keys: TicketForge.keys, provider: provider ?? DefaultCryptoProvider())
    do {
      try check(try sealer.open(ticket.span, at: 0))
      try require(ticket == forged, "a ticket opens although it was changed")
    } catch let refusal as TicketRefusal {
      // What is sealed with the right key is authentic, whatever it says.
      try require(ticket != forged || refusal != .badTag, "a good ticket is not authentic")
    }
  }

  /// A file of nobody else's, in memory where there is such a place.
  private static let keyFile: String = {
    let memory = "/dev/shm"
    let folder = FileManager.default.fileExists(atPath: memory) ? memory : FileManager.default.temporaryDirectory.path
    let path = "\(folder)/handfast-fuzz-\(ProcessInfo.processInfo.processIdentifier).key"
    _ = FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600])
    atexit { try? FileManager.default.removeItem(atPath: Tickets.keyFile) }
    return path
  }()

  static func readKeyFile(_ bytes: [UInt8]) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: keyFile))
    try file.truncate(atOffset: 0)
    try file.write(contentsOf: bytes)
    try file.close()
    let keys = try? FileTicketKeys(paths: [keyFile], checkSeconds: 0)
    try require((keys != nil) == (bytes.count == 48 || bytes.count == 80), "a ticket key of \(bytes.count) bytes")
    let name = Array(bytes.prefix(TicketKey.nameByteCount))
    try require(keys == nil || keys?.openingKey(named: name, at: 0) != nil, "a ticket key is not found by its name")
  }
}
