import Crypto
import HandfastCore
import HandfastWire

/// JA3 and JA3S, by which others' logs and filters tell TLS implementations apart: MD5 over the numbers in a hello, without
/// GREASE. It names the software, never the person, and proves nothing.
enum HelloFingerprint {
  static func ja3(_ hello: ClientHello) -> String {
    let block = hello.extensions ?? ExtensionBlock()
    let groups = (try? block.decode(SupportedGroups.self))?.groups ?? []
    let formats = (try? block.decode(ECPointFormats.self))?.formats ?? []
    return md5([
      "\(hello.version.rawValue)", list(hello.cipherSuites), list(block.types), list(groups), list(formats),
    ])
  }

  static func ja3s(_ hello: ServerHello) -> String {
    let types = hello.extensions?.types ?? []
    return md5(["\(hello.version.rawValue)", "\(hello.cipherSuite.rawValue)", list(types)])
  }

  private static func list(_ values: [some CodePoint]) -> String {
    values.filter { !$0.isGREASE }.map { "\($0.rawValue)" }.joined(separator: "-")
  }

  private static func md5(_ parts: [String]) -> String {
    hexText(Insecure.MD5.hash(data: Array(parts.joined(separator: ",").utf8)))
  }
}
