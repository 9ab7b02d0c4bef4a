// Stands in until the room has files of its own.
namespace vg::search {}
