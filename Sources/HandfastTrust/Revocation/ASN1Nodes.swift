import SwiftASN1

extension ASN1NodeCollection.Iterator {
  mutating func required() throws -> ASN1Node {
    guard let node = next() else { throw ASN1Error.invalidASN1Object(reason: "a field is missing") }
    return node
  }
}

extension ASN1BitString {
  /// Keys and signatures are whole bytes. A count of unused bits would be a second way to write the same signature.
  init(wholeBytes nodes: inout ASN1NodeCollection.Iterator) throws {
    try self.init(derEncoded: &nodes)
    guard paddingBits == 0 else {
      throw ASN1Error.invalidASN1Object(reason: "a key or signature does not end at a whole byte")
    }
  }
}
