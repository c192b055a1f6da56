"""What a student's cells show, made safe to look at; hidden tests kept hidden."""
