package cloud.stasis.disks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.stasis.model.StasisException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutlivingTest {
    @Test
    void commandIsStartedAsItIsWhereOnlyThisProcessIsKilled() {
        assertThat(Outliving.HERE.command(List.of("qemu-nbd", "--fork"))).containsExactly("qemu-nbd", "--fork");
    }

    @Test
    void moverGoesBeforeWhatItMoves() {
        Outliving outliving = new Outliving(Optional.of(Path.of("/opt/stasis/outlive")));

        assertThat(outliving.command(List.of("qemu-nbd", "--fork")))
                .containsExactly("/opt/stasis/outlive", "qemu-nbd", "--fork");
    }

    @Test
    void moverThatMovesNothingIsFoundOutBeforeItIsNeeded() {
        Outliving broken = new Outliving(Optional.of(Path.of("/bin/false")));

        assertThatThrownBy(broken::tryOut).isInstanceOf(StasisException.class);
    }

    @Test
    void moverThatBecomesItsCommandIsFit() {
        Outliving outliving = new Outliving(Optional.of(Path.of("/usr/bin/env")));

        assertThatNoException().isThrownBy(outliving::tryOut);
    }

    @Test
    void moverIsNotSearchedFor() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Outliving(Optional.of(Path.of("outlive"))));
    }
}
