/// The groups the client can do, best first.
///
///     NamedGroup named_group_list<2..2^16-1>;
///
/// RFC 8422 §5.1.1, RFC 9846 §4.3.7.
package struct SupportedGroups: ExtensionBody, Equatable {
  package static let type = ExtensionType.supportedGroups

  package var groups: [NamedGroup]

  package init(groups: [NamedGroup]) { self.groups = groups }

  package init(from reader: inout WireReader) throws(DecodeError) {
    groups = try reader.list(.two, "named_group_list")
  }

  package func encode(into writer: inout WireWriter) { writer.list(.two, groups) }
}
