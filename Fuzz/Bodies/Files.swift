import Handfast
import HandfastCore
import HandfastCrypto
import HandfastInspect
import HandfastTrust

/// The first byte says which kind of file the rest claims to be.
enum Files {
  static func run(_ input: [UInt8]) throws {
    guard let kind = input.first else { return }
    let bytes = Array(input.dropFirst())
    lazy var text = String(decoding: bytes, as: UTF8.self)
    switch kind % 8 {
    case 0: _ = try? Identity(certificateChainPEM: text)
    case 1: try readKey(bytes)
    case 2: _ = try? Identity(certificateChainDER: [bytes])
    case 3: _ = try? ArrangedChain(certificateChainPEM: text)
    case 4: try readSession(bytes)
    case 5: readTrace(text)
    case 6: _ = try? Identity(certificateChainPEM: text, privateKeyPEM: text)
    default: _ = try? Identity(certificateChainDER: [bytes], privateKeyDER: bytes)
    }
  }

  private static func readKey(_ bytes: [UInt8]) throws {
    _ = try? PrivateKey(pkcs8: bytes)
    _ = try? PrivateKey(sec1: bytes)
    _ = try? PrivateKey(pkcs1: bytes)
  }

  private static func readSession(_ bytes: [UInt8]) throws {
    guard let session = try? ServerSession(decoding: bytes.span) else { return }
    guard let encoded = session.encoded() else { throw Violation("a session decodes and does not encode") }
    guard let again = try? ServerSession(decoding: encoded.span) else {
      throw Violation("a session does not decode what it encoded")
    }
    try require(again.encoded() == encoded, "a session encodes differently the second time")
  }

  private static func readTrace(_ text: String) {
    guard let entries = try? TraceFile.entries(in: text) else { return }
    _ = NarrativeRenderer(width: 120).render(Narrative(entries))
    _ = try? TraceMerge(client: entries, server: entries)
  }
}
